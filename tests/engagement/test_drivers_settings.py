"""What client.yml says of drivers: modes, the scheme, what is held equal and what is ranked; each remedy is obeyed and ends right."""

import re

import pytest

from cxlib.engagement import open_client, problems

HEAD = """survey:
  file: survey.csv
  recommend: {{column: nps, scale: [0, 10]}}
  segments: {{region: Region}}
  blocks:
    staff: {{label: Staff, items: {{a: Kind, b: Able}}, scale: [1, 10]{mode}}}
"""


def table(regions=("North", "South"), channels=("web", "shop", "phone"), n=120) -> str:
    rows = [f"{i % 11};{1 + i % 10};{1 + (i * 7) % 10};{regions[i % len(regions)]};{channels[(i // 2) % len(channels)]};{18 + (i * 13) % 60}" for i in range(n)]
    return "\n".join(["nps;a;b;region;channel;age", *rows]) + "\n"


def found(client="acme"):
    return [problem for problem in problems(client) if not problem.rule.startswith("not described")]


def settings(more="", mode=""):
    return HEAD.format(mode=mode) + more


def test_mode_scheme_controls_and_categories_reach_the_analysis(make):
    more = "  scheme: centroid\n  controls: {region: Region, age: {en: Age, da: Alder}}\n  categories: {channel: Channel}\n"
    make(settings(more, ", mode: B"), {"survey.csv": table()})
    assert not found()
    survey = open_client("acme", language="da").survey
    asked = survey.asked
    assert asked.blocks["staff"].mode == "B" and asked.scheme == "centroid"
    assert (dict(asked.controls), dict(asked.categories)) == ({"region": "Region", "age": "Alder"}, {"channel": "Channel"})
    assert survey.rows.age.dtype == float and set(survey.rows.region) == {"North", "South"} and set(survey.rows.channel) == {"web", "shop", "phone"}


def test_bands_of_a_number_are_groups(make):
    more = "  recode: {band: {from: age, bands: {under 40: [null, 39], 40 or more: [40, null]}}}\n  controls: {band: Age}\n"
    make(settings(more), {"survey.csv": table()})
    assert not found() and list(open_client("acme").survey.rows.band.cat.categories) == ["under 40", "40 or more"]


@pytest.mark.parametrize(("more", "mode", "said"), [
    ("  controls: {regoin: Region}\n", "", 'Did you mean "region"'),
    ("  controls: {region: Region}\n  categories: {region: Region}\n", "", "name it once"),
    ("  scheme: paths\n", "", "Did you mean path?"),
    ("", ", mode: C", "must be 'A' or 'B'"),
    ("  controls: {a: Kind}\n", "", "Give it a second name"),
])  # fmt: skip
def test_what_cannot_be_is_refused_with_what_to_write(make, more, mode, said):
    make(settings(more, mode), {"survey.csv": table()})
    [problem] = [problem for problem in found() if problem.severity == "error"]
    assert said in f"{problem.rule} {problem.remedy}"


def test_controls_without_blocks_are_refused(make):
    make("survey:\n  file: survey.csv\n  recommend: {column: nps, scale: [0, 10]}\n  controls: {region: Region}\n", {"survey.csv": table()})
    [problem] = found()
    assert problem.column == "survey.controls" and "remove `controls`" in problem.remedy


@pytest.mark.parametrize("regions", [("North", "South"), ("North",)])
def test_small_groups_are_named_and_joined_as_the_remedy_says(make, regions):
    rows = table(regions).splitlines()
    rows[1:4] = [row.replace(row.split(";")[3], "Isle") for row in rows[1:4]]
    rows[4:8] = [row.replace(row.split(";")[3], "Rock") for row in rows[4:8]]
    csv = "\n".join(rows) + "\n"
    make(settings("  controls: {region: Region}\n"), {"survey.csv": csv})
    [problem] = found()
    assert problem.severity == "warning" and '"Rock", "Isle"' in problem.rule
    recode = re.search(r"`(recode: .*)`, and", problem.remedy)[1]
    make(settings(f"  {recode}\n  controls: {{region (joined): Region}}\n"), {"survey.csv": csv})
    assert not found()
    joined = open_client("acme").survey.rows["region (joined)"]
    assert joined.value_counts().min() >= 10 and not {"Isle", "Rock"} & set(joined)


def test_a_block_of_groups_is_told_to_be_a_category_and_that_ends_right(make):
    asked = settings().replace("  blocks:\n", "  blocks:\n    channel: {label: Channel, items: {channel: Channel}, scale: [1, 3]}\n")
    make(asked, {"survey.csv": table()})
    [problem] = [problem for problem in found() if problem.severity == "error"]
    line = re.search(r"`(categories: .*?)` under `survey`", problem.remedy)[1]
    make(settings(f"  {line}\n"), {"survey.csv": table()})
    assert not found() and dict(open_client("acme").survey.asked.categories) == {"channel": "channel"}
