"""The columns of the status notebook: heading, style and meaning."""

from cxlib.analyses.columns import Column, hidden
from cxlib.analyses.units import Unit

# fmt: off
COLUMNS = (
    Column("meaning", "What it is", "term", "How the figure is defined."),
    Column("step", "Step", "term", "How far people get on the way to a completed answer.", of=("response_funnel",)),
    Column("answer", "Answer", "term", "The answer or group of answers that the row counts."),
    Column("share_before", "Share before weighting", "percent", "The share as answered, before weighting."),
    Column("weight", "Weight", Unit.PERCENT, "How much the question counts in the index."),
    Column("step_share", "Of the step before", "percent", "Share of those at the step before who get this far."),
    Column("experience", "Experience", "index", "Index of what customers experienced."),
    Column("expectation", "Expectation", "index", "Index of what customers expected."),
    Column("margin", "Gap that matters", "points", "Smaller gaps than this do not matter in practice."),
    Column("change", "Change, points", "change", "The figure minus what it is compared with.", by_row="difference"),
    Column("change_interval", "{level:general}% interval of the change", "interval", "The range that holds the true figure in {level:general} of 100 samples."),
    Column("gap", "Difference, points", "change", "Experience minus expectation, in index points."),
    Column("target", "Target", "points", "The target that the company has set.", by_row="value"),
    Column("people", "People", "count", "People who get this far.", of=("response_funnel",)),
    *hidden("definition", "to_others", "to_others_low", "to_others_high", "trend", "trend_low", "trend_high"),
    # the book of tables has a sheet of its own
    *hidden("segment", "group", "hidden", "question", "part", "block", "low", "high", "n", "effective", "top", "nps", "mean", "index", "marks",
            *(f"{name}_{place}" for name in ("answer", "share") for place in range(1, 8)), of=("banner",)),
)
# fmt: on
