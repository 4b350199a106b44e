"""`for_each`: the report of the whole and one for each value of a column, from one folder."""

import json
from pathlib import Path

import pytest

from cxlib.render.leaks import Leak, scan_for_parts, shown_text
from tests.render.conftest import SETTINGS, SHOWS
from tests.render.factory import cx

CHAIN = SETTINGS.replace("survey:", "for_each: store\nsurvey:", 1)
STORES = ("Harbour", "Hill", "Mill Lane")


def rows_of(stores=STORES, each=20):
    return [(f"r{n:03d}", ("North", "South")[n % 2], n % 11, stores[n % len(stores)]) for n in range(each * len(stores))]


@pytest.fixture
def chain(make_client, tmp_path):
    def chain(rows=None, settings=CHAIN) -> Path:
        folder = make_client("chain", name="The Chain", settings=settings)
        lines = ["id,place,q1,store", *(",".join(map(str, row)) for row in rows or rows_of())]
        (folder / "survey.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
        return folder

    return chain


def test_a_report_of_the_whole_and_one_of_each(chain, make_client, make_notebook, tmp_path, factory):
    chain()
    make_client("other", name="Other")
    make_notebook("02_status", SHOWS)
    out = tmp_path / "out"
    code, said = factory(cx, tmp_path, "render", "chain", "other", "--out", out)
    assert code == 0 and "5 of 5 reports" in said
    read = {path.name: json.loads((path / "results.json").read_text()) for path in out.iterdir() if not path.name.startswith(".")}
    assert set(read) == {"chain", "chain--harbour", "chain--hill", "chain--mill-lane", "other"}
    used = {name: results["notebooks"]["status"]["results"][0]["base"]["used"] for name, results in read.items() if name != "other"}
    assert used == {"chain": 60, "chain--harbour": 20, "chain--hill": 20, "chain--mill-lane": 20}
    front = (out / "chain" / "index.html").read_text()
    assert '<a href="../chain--mill-lane/index.html">Mill Lane</a>' in front
    page = (out / "chain--hill" / "index.html").read_text()
    assert "The Chain · Hill" in page and "Mill Lane" not in page and "Harbour" not in page
    assert (out / "chain--hill" / "chain--hill.xlsx").exists()
    code, said = factory(cx, tmp_path, "render", "chain", "--out", out)
    assert code == 0 and "4 of 4 reports" in said and "4 of them were fresh" in said
    assert factory(cx, tmp_path, "why", "chain", "--out", out)[1].count("fresh") == 4
    assert "5 of 5 reports belong" in factory(cx, tmp_path, "verify", out)[1]


def test_what_fails_is_one_report_and_is_made_again_alone(chain, make_notebook, tmp_path, factory):
    chain()
    says = "print('Mill Lane' if client == 'chain--harbour' else 'well')"
    make_notebook("02_status", SHOWS, "if client.endswith('hill'):\n    raise ValueError('in the middle')", says)
    out = tmp_path / "out"
    code, said = factory(cx, tmp_path, "render", "chain", "--out", out)
    assert code == 1 and "2 of 4 reports" in said
    assert "chain--hill: 02_status.ipynb, cell [4]: ValueError: in the middle" in said
    assert "holds 'Mill Lane', which is another value of `for_each`" in said and not (out / "chain--harbour").exists()
    make_notebook("02_status", SHOWS)
    code, said = factory(cx, tmp_path, "render", "--failed", "--out", out)
    assert code == 0 and "2 of 2 reports" in said


def test_a_store_that_is_gone_or_too_small_is_told(chain, make_notebook, tmp_path, factory):
    chain()
    make_notebook("02_status", SHOWS)
    out = tmp_path / "out"
    assert factory(cx, tmp_path, "render", "chain", "--out", out)[0] == 0
    chain([*rows_of(STORES[:2], 20), *[(f"s{n}", "North", 5, "Mill Lane") for n in range(3)], *[(f"t{n}", "South", 5, "Quay") for n in range(25)]])
    assert "survey.csv changed" in factory(cx, tmp_path, "why", "chain--hill", "--out", out)[1]
    code, said = factory(cx, tmp_path, "render", "chain", "--out", out)
    assert code == 0 and "3 of 3 reports" in said
    assert "chain--mill-lane: no longer one of the reports" in said and "chain--harbour: no longer" in said  # its cover
    assert "Parts without a report of their own" in (out / "chain" / "index.html").read_text()
    code, said = factory(cx, tmp_path, "render", "chain--mill-lane", "--out", out)
    assert code == 1 and "no report of its own" in said


def test_what_is_withheld_is_said_on_the_front_page(chain, make_notebook, tmp_path, factory):
    rows = [(id, place, "" if store == "Hill" and n > 10 else score, store) for n, (id, place, score, store) in enumerate(rows_of())]
    chain(rows)
    make_notebook("02_status", SHOWS)
    out = tmp_path / "out"
    code, _ = factory(cx, tmp_path, "render", "chain", "--out", out)
    assert code == 0
    why = "Withheld here, because too few answered or because the reports together would tell what a few people answered: "
    said = {path.name: (path / "index.html").read_text().partition(why)[2].partition(".")[0] for path in out.glob("chain*")}
    assert said["chain"] == "" and "the question on recommendation" in said["chain--hill"]
    assert sum(map(bool, said.values())) == 2 and not any(store in "".join(said.values()) for store in STORES)


@pytest.mark.parametrize(
    ("said", "own", "texts", "leaks"),
    [
        ("It is better than Mill Lane.", "Hill", [], True),
        ("It is better than Mill Lane.", "Hill", ["region Mill Lane"], False),  # a word of its own rows
        ("Millstone", "Hill", [], False),
        ("Pier East", "Pier East", [], False),
        ("Pier", "Pier East", [], True),
        ("9, and A1 as well, chain--mill-lane", "Hill", [], True),
        ("9, and A1 as well", "Hill", [], False),  # too short to be a name
    ],
)
def test_the_name_of_another_value_is_a_leak(tmp_path, said, own, texts, leaks):
    file = tmp_path / "index.html"
    file.write_text(f"<p>{said}</p>")
    others = ["Mill Lane", "chain--mill-lane", "Pier", "9", "A1"]
    if leaks:
        with pytest.raises(Leak, match="another value of `for_each`"):
            scan_for_parts([file], others, own, lambda: texts)
    else:
        scan_for_parts([file], others, own, lambda: texts)
    assert said in shown_text(file)
