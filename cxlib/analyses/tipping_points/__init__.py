"""Where does a service level break satisfaction, and what does it cost? One function for each part of the notebook.

Examples go on where the first cells of the notebook end, and speak of what those have made.
"""

from cxlib.analyses.tipping_points.checks import by_group, by_outcome, with_controls
from cxlib.analyses.tipping_points.effects import levers, what_if, worth
from cxlib.analyses.tipping_points.verdicts import tipping_points

__all__ = ["by_group", "by_outcome", "levers", "tipping_points", "what_if", "with_controls", "worth"]


def __dir__() -> list[str]:
    """What tab completion offers."""
    return __all__
