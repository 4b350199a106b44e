"""Where does the customer fall between our departments, and who is contacted? One function for each figure of the journey notebook.

Examples go on where the first cells of the notebook end, and speak of what those have made.
"""

from cxlib.analyses.journey.call_list import call_list
from cxlib.analyses.journey.channels import channel_shift
from cxlib.analyses.journey.follow_up import effect_of_contact, speed_of_contact
from cxlib.analyses.journey.follow_up_clock import follow_up_clock
from cxlib.analyses.journey.hand_overs import hand_overs, where_time_goes
from cxlib.analyses.journey.importance import touchpoint_importance
from cxlib.analyses.journey.moments import moments_of_truth, service_blueprint
from cxlib.analyses.journey.paths import paths
from cxlib.analyses.journey.repeats import repeats
from cxlib.analyses.journey.summary import summary_rule
from cxlib.analyses.journey.units import units_compared
from cxlib.analyses.journey.view import view

__all__ = [
    "call_list",
    "channel_shift",
    "effect_of_contact",
    "follow_up_clock",
    "hand_overs",
    "moments_of_truth",
    "paths",
    "repeats",
    "service_blueprint",
    "speed_of_contact",
    "summary_rule",
    "touchpoint_importance",
    "units_compared",
    "view",
    "where_time_goes",
]


def __dir__() -> list[str]:
    """What tab completion offers."""
    return __all__
