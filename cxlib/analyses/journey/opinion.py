"""What customers think of the company as a whole: the answer that touchpoints and contacts are held against."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from cxlib.analyses import measures
from cxlib.analyses.contact_log import Journey
from cxlib.analyses.design import Questionnaire, Scale
from cxlib.analyses.result import Quantity, Term
from cxlib.analyses.units import Unit


@dataclass(frozen=True)
class Opinion:
    """One answer for each respondent.

    name     as sentences call it;  values: (respondents,) NaN where not answered
    scale    its lowest and highest value;  unit: of differences of it
    """

    name: Term
    values: np.ndarray
    scale: Scale
    unit: Unit

    def points(self, difference: float) -> Quantity:
        """A difference as sentences write it, with the word for points."""
        return Quantity(difference, self.unit.difference)

    def end(self, difference: float) -> Quantity:
        """The end of a difference's interval."""
        return Quantity(difference, self.unit.signed_ends)


def opinion_of(responses: pd.DataFrame, asked: Questionnaire) -> Opinion | None:
    """Whether customers would recommend the company, else how satisfied they are in one question, else the index; None without any."""
    single = {Term("willingness to recommend"): asked.recommend, Term("satisfaction"): asked.rating}
    for name, question in single.items():
        if question is not None:
            return Opinion(name, responses[question.score].to_numpy(float), question.scale, Unit.FINE)
    if asked.satisfaction is None:
        return None
    measure = measures.index(Term("satisfaction"), asked.satisfaction)
    return Opinion(measure.name, measure.values(responses), measure.scale, Unit.INDEX)


def contacts_before_answers(responses: pd.DataFrame, journey: Journey) -> pd.DataFrame:
    """The scored contacts of those who answered, by answer and time: row (place among the responses), score; none after the answer.

    Of a customer who answered several times each answer has the contacts before it; where no time of the answer is known, all.
    """
    if journey.answers is None:
        return pd.DataFrame({"row": [], "score": []})
    answers = journey.answers.reindex(responses.index).assign(row=np.arange(len(responses))).dropna(subset="customer")
    scored = journey.contacts.loc[journey.contacts.score.notna(), ["customer", "time", "score"]].dropna(subset="customer")
    both = answers.merge(scored, on="customer")
    before = both.time_answer.isna() | (both.time <= both.time_answer)
    return both[before].sort_values(["row", "time"], kind="stable", ignore_index=True)[["row", "score"]]
