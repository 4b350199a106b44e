"""The one list of table columns: what each is called in a report and how its numbers are written.

A column that is not here holds client text or is a bug; a test holds every shipped table against this list.
`low` and `high` follow their estimate and are written as one interval in its style; a column `unit` gives the style
row by row when one table holds figures of different kinds.
"""

from typing import NamedTuple


class Column(NamedTuple):
    heading: str
    style: str


MACHINE_ONLY = {
    "unit",
    "lowest",
    "highest",
    "left",
    "right",
    "definition",
}  # for charts and results.json, not for reading

COLUMNS = {
    # bases
    "n": Column("Answers", "count"),
    "effective": Column("Effective answers", "count"),
    "read": Column("Rows read", "count"),
    "used": Column("Rows used", "count"),
    "dont_know": Column("Don't know", "count"),
    "not_applicable": Column("Not applicable", "count"),
    # what a row is about: terms are ours and are translated, text is the client's
    "figure": Column("Figure", "term"),
    "meaning": Column("What it is", "term"),
    "answer": Column("Answer", "term"),
    "step": Column("Step", "term"),
    "verdict": Column("Verdict", "term"),
    "segment": Column("Split by", "text"),
    "group": Column("Group", "text"),
    "block": Column("Area", "text"),
    "question": Column("Question", "text"),
    "period": Column("Period", "period"),
    # estimates
    "estimate": Column("Result", "points"),
    "nps": Column("NPS", "points"),
    "index": Column("Index (0–100)", "index"),
    "mean": Column("Mean", "mean"),
    "share": Column("Share", "percent"),
    "share_before": Column("Share before weighting", "percent"),
    "step_share": Column("Of the step before", "percent"),
    "experience": Column("Experience", "index"),
    "expectation": Column("Expectation", "index"),
    "margin": Column("Gap that matters", "points"),
    "change": Column("Change, points", "change"),
    "change_interval": Column("95% interval of the change", "interval"),
    "gap": Column("Difference, points", "change"),
    "target": Column("Target", "points"),
    "before": Column("Before", "points"),
    "interval": Column("95% interval", "interval"),
    "p": Column("p-value", "p"),
    "p_holm": Column("p-value, adjusted", "p"),
}
