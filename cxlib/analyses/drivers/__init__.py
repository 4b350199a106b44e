"""What makes our customers satisfied, and what would a change be worth? One function for each step of the notebook.

Examples go on where the first cells of the notebook end, and speak of what those have made.
"""

from cxlib.analyses.drivers.answers import survey_model, usable_answers
from cxlib.analyses.drivers.contrasts import driver_kinds, lift_and_loss
from cxlib.analyses.drivers.effects import cause_and_effect, where_to_act
from cxlib.analyses.drivers.importance import driver_importance
from cxlib.analyses.drivers.model import SurveyModel
from cxlib.analyses.drivers.quality import question_quality
from cxlib.analyses.drivers.segments import effects_by_segment

__all__ = [
    "SurveyModel",
    "cause_and_effect",
    "driver_importance",
    "driver_kinds",
    "effects_by_segment",
    "lift_and_loss",
    "question_quality",
    "survey_model",
    "usable_answers",
    "where_to_act",
]


def __dir__() -> list[str]:
    """What tab completion offers."""
    return __all__
