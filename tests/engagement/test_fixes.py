"""`cx check --fix`: each kind of fix, obeyed mechanically, ends right; what is doubtful is left alone; the file stays as it was written."""

import io

import openpyxl
import pytest
from click.testing import CliRunner

from cxlib.cli import main
from cxlib.engagement import problems
from cxlib.engagement.fixes import fixed
from cxlib.engagement.problems import Fix, Problem, errors, misspelt

SURVEY = "id,nps,Region\n1,9,North\n2,3,South\n3,Ved ikke,North\n"


@pytest.fixture
def fix(make):
    """fix(settings, {file: content}) -> (client.yml before, after `cx check --fix --yes`, what it said and exits with)."""

    def fix(settings, files, *words, given=None):
        path = make(settings, files) / "client.yml"
        before = path.read_bytes().decode()
        said = CliRunner().invoke(main, ["check", "acme", "--fix", *(words or ["--yes"])], input=given)
        assert said.exception is None or isinstance(said.exception, SystemExit), said.exception
        return before, path.read_bytes().decode(), said

    return fix


def book(*sheets):
    made = openpyxl.Workbook()
    made.remove(made.active)
    for name in sheets:
        sheet = made.create_sheet(name)
        for row in (["id", "nps"], [1, 9], [2, 3]):
            sheet.append(row)
    saved = io.BytesIO()
    made.save(saved)
    return saved.getvalue()


def lines(before, after):
    """The lines that went and those that came."""
    old, new = before.split("\n"), after.split("\n")
    return [line for line in old if line not in new], [line for line in new if line not in old]


@pytest.mark.parametrize(
    ("settings", "went", "came"),
    [
        ("survey:  # ours\n  file: s.csv\n  recomend: {column: nps, scale: [0, 10]}   # the question\n  dont_know: [Ved ikke]\n",
         ["  recomend: {column: nps, scale: [0, 10]}   # the question"], ["  recommend: {column: nps, scale: [0, 10]}   # the question"]),
        ("survey:\n  file: s.csv\n  recommend: {colunm: nps, scale: [0, 10], dont_know: [Ved ikke]}  # here\n",
         ["  recommend: {colunm: nps, scale: [0, 10], dont_know: [Ved ikke]}  # here"],
         ["  recommend: {column: nps, scale: [0, 10], dont_know: [Ved ikke]}  # here"]),
    ],
)  # fmt: skip
def test_a_misspelt_key(fix, settings, went, came):
    before, after, said = fix(settings, {"s.csv": SURVEY})
    assert said.exit_code == 0 and "acme: errors 0" in said.output
    assert lines(before, after) == (went, came)
    assert f"-{went[0]}" in said.output and f"+{came[0]}" in said.output


def test_a_misspelt_word_of_those_there_are(fix):
    settings = "survey:\n  file: s.csv\n  read: {hidden: kepe}  # all of them\n  recommend: {column: nps, scale: [0, 10]}\n  dont_know: [Ved ikke]\n"
    before, after, said = fix(settings, {"s.csv": SURVEY})
    assert said.exit_code == 0, said.output
    assert after == before.replace("kepe", "keep")


@pytest.mark.parametrize(
    ("line", "mended"),
    [
        ("  segments: {'Regoin': Where}  # by place", "  segments: {'Region': Where}  # by place"),
        ('  segments: {"regoin": regoin}', '  segments: {"Region": regoin}'),
        ("  segments:\n    region: Where  # by place", "  segments:\n    Region: Where  # by place"),
        ("  respondent: Id  # theirs", "  respondent: id  # theirs"),
    ],
)
def test_a_misspelt_column(fix, line, mended):
    settings = f"survey:\n  file: s.csv\n{line}\n  recommend: {{column: nps, scale: [0, 10]}}\n  dont_know: [Ved ikke]\n"
    before, after, said = fix(settings, {"s.csv": SURVEY})
    assert said.exit_code == 0, said.output
    assert after == before.replace(line, mended)


def test_a_misspelt_column_that_is_a_key_and_one_of_a_block_below_another(fix):
    settings = "survey:\n  file: s.csv\n  blocks:\n    service:\n      label: Service\n      scale: [1, 5]\n      items:\n"
    settings += "        Freindly: Friendly  # their word\n        Quick: Quick\n"
    before, after, said = fix(settings, {"s.csv": "id,friendly,quick\n1,5,4\n2,4,3\n"})
    assert said.exit_code == 0, said.output
    assert after == before.replace("Freindly: Friendly", "friendly: Friendly").replace("Quick: Quick", "quick: Quick")


@pytest.mark.parametrize(
    ("codes", "mended"),
    [
        ("  dont_know: [ved ikke]  # theirs", "  dont_know: [ved ikke, Ved ikke]  # theirs"),
        ("  dont_know: ['ved ikke', other]", "  dont_know: ['ved ikke', Ved ikke, other]"),
        ("  dont_know:\n    - ved ikke  # theirs\n    - other", "  dont_know:\n    - ved ikke  # theirs\n    - Ved ikke\n    - other"),
        ("  dont_know:\n  - other\n  - ved ikke", "  dont_know:\n  - other\n  - ved ikke\n  - Ved ikke"),
    ],
)
def test_a_code_that_must_match_exactly_is_declared_beside(fix, codes, mended):
    settings = f"survey:\n  file: s.csv\n  recommend: {{column: nps, scale: [0, 10]}}\n{codes}\n"
    before, after, said = fix(settings, {"s.csv": SURVEY})
    assert said.exit_code == 0, said.output
    assert after == before.replace(codes, mended)


def test_a_code_with_a_value_is_declared_beside_with_its_value(fix):
    for codes, mended in (
        ("    values: {never: 0, always: 10}", "    values: {never: 0, Never: 0, always: 10}"),
        ("    values:\n      never: 0  # no\n      always: 10", "    values:\n      never: 0  # no\n      Never: 0\n      always: 10"),
    ):
        settings = f"survey:\n  file: s.csv\n  recommend:\n    column: nps\n    scale: [0, 10]\n{codes}\n"
        before, after, said = fix(settings, {"s.csv": "id,nps\n1,Never\n2,never\n3,always\n"})
        assert said.exit_code == 0, said.output
        assert after == before.replace(codes, mended)


def test_a_kept_code_is_spelt_as_the_cells_are(fix):
    settings = "survey:\n  file: s.csv\n  keep: {Region: [north]}\n  recommend: {column: nps, scale: [0, 10]}\n  dont_know: [Ved ikke]\n"
    before, after, said = fix(settings, {"s.csv": SURVEY})
    assert said.exit_code == 0 and "2 of 3 rows kept" in said.output
    assert after == before.replace("[north]", "[North]")


@pytest.mark.parametrize(
    ("part", "mended"),
    [
        ("  file: b.xlsx  # theirs", "  file: b.xlsx  # theirs\n  read: {sheet: Answers 2025}"),
        ("  file: b.xlsx\n  read: {headings: 1}", "  file: b.xlsx\n  read: {headings: 1, sheet: Answers 2025}"),
        ("  file: b.xlsx\n  read:\n    headings: 1  # first", "  file: b.xlsx\n  read:\n    headings: 1  # first\n    sheet: Answers 2025"),
    ],
)
def test_the_sheet_beside_a_guide(fix, part, mended):
    settings = f"survey:\n{part}\n  recommend: {{column: nps, scale: [0, 10]}}\n"
    before, after, said = fix(settings, {"b.xlsx": book("Vejledning", "Answers 2025")})
    assert said.exit_code == 0, said.output
    assert after == before.replace(part, mended)


def test_a_part_in_brackets_takes_its_sheet_there(fix):
    line = "survey: {file: b.xlsx, recommend: {column: nps, scale: [0, 10]}}"
    before, after, said = fix(line + "\n", {"b.xlsx": book("Read me", "Data")})
    assert said.exit_code == 0, said.output
    assert after == before.replace("file: b.xlsx,", "file: b.xlsx, read: {sheet: Data},")


@pytest.mark.parametrize(
    ("settings", "files"),
    [  # another number, another first letter, two that are near, one that is taken, two tables, stored from 0, a missing part
        ("survey:\n  file: s.csv\n  recommend: {column: q12, scale: [0, 10]}\n", {"s.csv": "q11\n9\n"}),
        ("survey:\n  file: s.csv\n  rating: {column: utilfreds, scale: [1, 5]}\n", {"s.csv": "tilfreds\n5\n"}),
        ("survey:\n  file: s.csv\n  recommend: {column: nps_totl, scale: [0, 10]}\n", {"s.csv": "nps_total,nps_tot\n9,9\n"}),
        ("survey:\n  file: s.csv\n  recommend: {column: rating, scale: [0, 10]}\n  segments: {ratings: A}\n", {"s.csv": "ratings,x\n9,1\n"}),
        ("survey:\n  file: s.csv\n  blocks:\n    a: {label: A, scale: [1, 5], scalee: {x: [1, 5]}, items: {x: X}}\n", {"s.csv": "x\n5\n"}),
        ("survey:\n  file: b.xlsx\n  recommend: {column: nps, scale: [0, 10]}\n", {"b.xlsx": book("2024", "2025")}),
        ("survey:\n  file: s.csv\n  rating: {column: q, scale: [1, 5]}\n", {"s.csv": "q\n0\n1\n2\n3\n4\n"}),
        ("survey:\n  file: s.csv\n  recommend: {column: nps, scale: [0, 10]}\n  dont_know: [vil ikke]\n", {"s.csv": "nps\n9\nved ikke\n"}),
        ("survey:\n  recommend: {column: nps, scale: [0, 10]}\n", {}),
        ("survey:\n  file: s.csv\n  recommend: {column: nps, scale: [0, 10]}\n  recomend: {column: nps, scale: [0, 10]}\n", {"s.csv": "nps\n9\n"}),
    ],
)  # fmt: skip
def test_what_is_doubtful_is_left_alone_and_said(fix, settings, files):
    before, after, said = fix(settings, files)
    assert said.exit_code == 1 and after == before
    assert "nothing of this can be corrected safely" in said.output and "@@" not in said.output


def test_one_file_of_two_parts_is_given_no_sheet(fix):
    settings = "survey:\n  file: b.xlsx\n  recommend: {column: nps, scale: [0, 10]}\ncustomers:\n  file: b.xlsx\n  respondent: id\n"
    before, after, _ = fix(settings, {"b.xlsx": book("Guide", "Data")})
    assert after == before


def test_nothing_to_fix_is_no_message(fix):
    settings = "survey:\n  file: s.csv\n  recommend: {column: nps, scale: [0, 10]}\n  segments: {Region: R}\n  dont_know: [Ved ikke]\n"
    before, after, said = fix(settings, {"s.csv": SURVEY})
    assert said.exit_code == 0 and after == before and "correct" not in said.output


def test_several_rounds_end_where_nothing_is_left(fix):
    settings = "survey:\n  file: s.csv\n  recomend: {column: npps, scale: [0, 10]}\n  dont_know: [VED IKKE]\n"
    after, said = fix(settings, {"s.csv": SURVEY.replace("nps", "nps score")})[1:]
    assert "recommend:" in after and said.exit_code == 1  # the second slip is too far from any heading
    after, said = fix(settings.replace("npps", "nps scor"), {"s.csv": SURVEY.replace("nps", "nps score")})[1:]
    assert said.exit_code == 0 and said.output.count("checked again") == 3, said.output
    assert "recommend: {column: nps score," in after and "dont_know: [VED IKKE, Ved ikke]" in after


def test_it_asks_before_it_writes(fix):
    settings = "survey:\n  file: s.csv\n  recomend: {column: nps, scale: [0, 10]}\n  dont_know: [Ved ikke]\n"
    for given, word in (("n\n", "is as it was"), ("", "--fix --yes makes it without asking")):
        before, after, said = fix(settings, {"s.csv": SURVEY}, "--fix", given=given)
        assert after == before and said.exit_code == 1 and word in said.output and "+  recommend:" in said.output
    before, after, said = fix(settings, {"s.csv": SURVEY}, "--fix", given="y\n")
    assert after != before and said.exit_code == 0


def test_the_file_keeps_its_line_ends_mark_and_rights(make):
    folder = make("", {"s.csv": SURVEY})
    path = folder / "client.yml"
    text = "client: acme\nname: Åse & Co\nlanguage: en\nsurvey:\n  file: s.csv\n  recomend: {column: nps, scale: [0, 10]}\n  dont_know:\n  - ved ikke"
    path.write_bytes(b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode())
    path.chmod(0o640)
    assert CliRunner().invoke(main, ["check", "acme", "--fix", "--yes"]).exit_code == 0
    wanted = text.replace("recomend", "recommend") + "\n  - Ved ikke"
    assert path.read_bytes() == b"\xef\xbb\xbf" + wanted.replace("\n", "\r\n").encode()
    assert path.stat().st_mode & 0o777 == 0o640 and sorted(each.name for each in folder.iterdir()) == ["client.yml", "s.csv"]


def test_broken_yaml_and_an_unknown_client_end_in_the_message_of_the_check(fix):
    before, after, said = fix("survey: [\n", {})
    assert said.exit_code == 1 and "not valid YAML" in said.output and after == before
    said = CliRunner().invoke(main, ["check", "acne", "--fix"])
    assert said.exit_code == 1 and "Did you mean acme?" in said.output
    assert CliRunner().invoke(main, ["check", "acme", "--yes"]).exit_code == 2


def test_above_its_key_a_text_must_stand_once():
    data = b"survey:\n  a: [one, other]\n  b: {x: one}\n"
    assert fixed(data, "f", [Problem("f", "r", fix=(Fix("survey.c", "one", "two"),))]).fixes == ()
    assert fixed(data, "f", [Problem("f", "r", fix=(Fix("survey.c", "other", "two"),))]).after.count("[one, two]") == 1
    assert fixed(data, "f", [Problem("f", "r", fix=(Fix("elsewhere", "one", "two"),))]).fixes == ()


def test_no_fix_is_turned_back():
    data = b"survey:\n  a: one\n"
    there, back = Fix("survey.a", "one", "two"), Fix("survey.a", "two", "one")
    first = fixed(data, "f", [Problem("f", "r", fix=(there,))])
    assert first.after == "survey:\n  a: two\n" and first.fixes == (there,)
    assert fixed(first.after.encode(), "f", [Problem("f", "r", fix=(back,))], [there]).fixes == ()


@pytest.mark.parametrize(
    ("name", "names", "right"),
    [
        ("langauge", ["language"], "language"), ("respondant", ["respondent"], "respondent"), ("dontknow", ["dont_know"], "dont_know"),
        ("Q 1", ["q1"], "q1"), ("q1", ["q2"], ""), ("q1.1", ["q11"], ""), ("nps", ["nsp"], ""), ("nps", ["NPS", "nps "], ""),
        ("pris", ["Prisen"], ""), ("male", ["female"], ""), ("", ["a"], ""), ("serviec", ["service", "services"], "service"),
    ],
)  # fmt: skip
def test_a_slip_of_the_pen_is_told_from_another_name(name, names, right):
    assert misspelt(name, names) == right


def test_what_is_fixed_has_no_error_left(make):
    make("survey:\n  file: s.csv\n  recommend: {column: Nps, scale: [0, 10]}\n  dont_know: [Ved ikke]\n", {"s.csv": SURVEY})
    [error] = errors(problems("acme"))
    assert error.fix == (Fix("survey.recommend.column", "Nps", "nps"),)
