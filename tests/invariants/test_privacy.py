"""The table of divisions itself: no table of groups stays outside of it unnoticed."""

from tests.invariants.privacy import COUNTS_OF_ANSWERS, DIVISIONS, NOTHING_ADDS_UP
from tests.report.executed import results_of_shipped

PARTED_BY = {"group", "period", "segment", "unit_name", "role"}
PARTS = ("differences",)  # tables that pick rows of another


def test_every_table_of_groups_is_looked_at_or_says_why_not():
    declared = {each[:3] for each in DIVISIONS} | set(NOTHING_ADDS_UP)
    found = {
        (*name.split("."), table)
        for name, result in results_of_shipped().items()
        for table, frame in result.tables.items()
        if "n" in frame and PARTED_BY & set(frame) and len(frame) > 1 and result.name not in COUNTS_OF_ANSWERS
        and table not in PARTS
    }
    assert found <= declared, "give each a Division, or say in NOTHING_ADDS_UP why no group follows from the others"
    assert set(NOTHING_ADDS_UP) <= found
