"""Where do we stand with our customers? One function for each figure of the status notebook.

Examples go on where the first cells of the notebook end, and speak of what those have made.
"""

from cxlib.analyses.status.banner import banner
from cxlib.analyses.status.experience import expectation_gaps, experience_areas
from cxlib.analyses.status.figures import (
    acsi_index,
    effort_score,
    key_figures,
    loyalty_index,
    net_promoter_score,
    satisfaction_index,
    satisfied_share,
)
from cxlib.analyses.status.loyalty import recommendation_groups
from cxlib.analyses.status.sample import response_funnel, weighted
from cxlib.analyses.status.segments import net_promoter_by_segment, satisfaction_by_segment, satisfied_by_segment

__all__ = [
    "acsi_index",
    "banner",
    "effort_score",
    "expectation_gaps",
    "experience_areas",
    "key_figures",
    "loyalty_index",
    "net_promoter_by_segment",
    "net_promoter_score",
    "recommendation_groups",
    "response_funnel",
    "satisfaction_by_segment",
    "satisfaction_index",
    "satisfied_by_segment",
    "satisfied_share",
    "weighted",
]


def __dir__() -> list[str]:
    """What tab completion offers."""
    return __all__
