"""Where does the customer fall between our departments, and who is contacted? One function for each figure of the journey notebook.

Examples go on where the first cells of the notebook end, and speak of what those have made.
"""

from cxlib.analyses.journey.call_list import call_list
from cxlib.analyses.journey.follow_up import effect_of_contact, follow_up_clock, speed_of_contact

__all__ = ["call_list", "effect_of_contact", "follow_up_clock", "speed_of_contact"]


def __dir__() -> list[str]:
    """What tab completion offers."""
    return __all__
