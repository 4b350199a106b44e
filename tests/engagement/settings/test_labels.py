"""Labels in several languages: the report's is taken, else the client's, else the first."""

import pytest

from cxlib.engagement import checked, open_client

SETTINGS = """survey:
  file: survey.csv
  segments: {place: {da: Sted, en: Place}}
  recode: {place: {labels: {1: {en: North, da: Nord}, 2: South}}}
  blocks:
    staff: {label: {da: Personale, sv: Personal}, items: {q1: {en: Kind, sv: Vänlig}}, scale: [0, 10]}
"""


@pytest.mark.parametrize(
    ("language", "labels"),
    [
        ("", ("Place", "Personale", "Kind", {"North", "South"})),
        ("da", ("Sted", "Personale", "Kind", {"Nord", "South"})),
        ("sv", ("Place", "Personal", "Vänlig", {"North", "South"})),
    ],
)
def test_the_language_of_the_report_then_the_clients_then_the_first(make, language, labels):
    make(SETTINGS, {"survey.csv": "q1,place\n9,1\n3,2\n"})
    survey = open_client("acme", language=language).survey
    staff = survey.blocks["staff"]
    assert (survey.segments["place"], staff.label, staff.items["q1"], set(survey.rows["place"])) == labels


def test_a_label_that_is_missing_in_the_language_is_a_warning(make):
    make(SETTINGS, {"survey.csv": "q1,place\n9,1\n3,2\n"})
    [problem] = checked("acme")[0]
    assert problem.severity == "warning" and "key survey.blocks.staff.label: the label is not given in en" in str(problem)


def test_a_mapping_elsewhere_is_no_label(make):
    make("survey: {file: {en: a.csv, da: b.csv}, recommend: {column: {en: q1}, scale: [0, 10]}}\n", {"a.csv": "q1\n9\n", "b.csv": "q1\n3\n"})
    assert "survey.recommend.column: must be a single text" in str(checked("acme")[0][0])
