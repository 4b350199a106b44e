"""How customer-oriented are we? One function for each figure of the maturity notebook.

Examples go on where the first cells of the notebook end, and speak of what those have made.
"""

from cxlib.analyses.maturity.agreement import agreement, unknown
from cxlib.analyses.maturity.belief import aim, belief
from cxlib.analyses.maturity.benchmark import benchmark
from cxlib.analyses.maturity.change import change
from cxlib.analyses.maturity.groups import criteria, role_gap
from cxlib.analyses.maturity.ratings import Policy, Ratings, Staircase, by_criteria, by_levels
from cxlib.analyses.maturity.scores import priorities, sources, steps, targets
from cxlib.analyses.maturity.staircase import moves, placement

__all__ = [
    "Policy",
    "Ratings",
    "Staircase",
    "agreement",
    "aim",
    "belief",
    "benchmark",
    "by_criteria",
    "by_levels",
    "change",
    "criteria",
    "moves",
    "placement",
    "priorities",
    "role_gap",
    "sources",
    "steps",
    "targets",
    "unknown",
]


def __dir__() -> list[str]:
    """What tab completion offers."""
    return __all__
