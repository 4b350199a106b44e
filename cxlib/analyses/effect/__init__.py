"""Did what we did work? One function for each figure of the effect notebook.

Examples go on where the first cells of the notebook end, and speak of what those have made.
"""

from cxlib.analyses.effect.celebrate import celebrate
from cxlib.analyses.effect.effects import course, what_came
from cxlib.analyses.effect.judged import judge
from cxlib.analyses.effect.needed import needed
from cxlib.analyses.effect.returns import battles, returns

__all__ = ["battles", "celebrate", "course", "judge", "needed", "returns", "what_came"]


def __dir__() -> list[str]:
    """What tab completion offers."""
    return __all__
