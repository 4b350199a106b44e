"""Where does a service level break satisfaction, and what does it cost? `examine` once; the others read what it found.

Examples go on where the first cells of the notebook end, and speak of what those have made.
"""

from cxlib.analyses.service_level import ServiceLevel
from cxlib.analyses.tipping_points.checks import by_group, by_outcome, with_controls
from cxlib.analyses.tipping_points.effects import levers, what_if, worth
from cxlib.analyses.tipping_points.examination import examine
from cxlib.analyses.tipping_points.verdicts import verdicts

__all__ = [
    "ServiceLevel",
    "by_group",
    "by_outcome",
    "examine",
    "levers",
    "verdicts",
    "what_if",
    "with_controls",
    "worth",
]


def __dir__() -> list[str]:
    """What tab completion offers."""
    return __all__
