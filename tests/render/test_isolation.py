"""Group A of the fault list: no report ever holds anything of another client."""

import hashlib
import json
import random
from functools import partial
from pathlib import Path

import pytest

from cxlib.engagement import DataError
from cxlib.render import leaks, staleness
from cxlib.render.leaks import Leak, scan, shown_text
from cxlib.render.publish import PageError
from cxlib.render.report import build_report, render_client
from cxlib.render.staleness import page_key
from tests.render.conftest import SETTINGS, SHOWS
from tests.render.factory import cx, in_folder, rendered

CHART = "from cxlib.report.charts import status as charts\n\nnps = status.net_promoter_score(survey.rows, survey.recommend, survey.design)"
GROUPS = "for group in sorted(survey.rows['place'].unique()):\n    print(group)"


def canary(client: str) -> str:
    return f"canary{hashlib.sha256(client.encode()).hexdigest()[:10]}"


def with_canaries(make_client, count: int) -> list[str]:
    """Clients whose name and groups hold a token of their own."""
    names = [f"client-{n:02d}" for n in range(count)]
    for client in names:
        rows = [(f"{n}", canary(client) + ("n", "s")[n % 2], n % 11) for n in range(20)]
        make_client(client, name=f"{canary(client)} Inc", rows=rows)
    return names


def bytes_of(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in sorted(folder.iterdir())}


@pytest.mark.parametrize(
    ("count", "jobs", "rounds"),
    [(6, 3, 1), pytest.param(16, 4, 1, marks=pytest.mark.slow), pytest.param(64, 8, 3, marks=pytest.mark.slow)],
    ids=["small", "A01", "A02"],
)
def test_no_report_holds_the_token_of_another_client(
    make_client, make_notebook, tmp_path, factory, count, jobs, rounds
):
    clients = with_canaries(make_client, count)
    make_notebook("02_status", SHOWS, GROUPS)
    serial = factory(rendered, tmp_path, clients, "serial", jobs=1)
    assert [outcome.error for outcome in serial if outcome.error] == []
    for turn in range(rounds):
        random.Random(turn).shuffle(clients)
        outcomes = factory(rendered, tmp_path, clients, "out", jobs=jobs, force=True)
        assert [outcome.error for outcome in outcomes if outcome.error] == []
        assert all(outcome.searched >= 5 for outcome in outcomes)
        for client in clients:
            files = bytes_of(tmp_path / "out" / client)
            shown = "\n".join(shown_text(tmp_path / "out" / client / name) for name in files)
            assert canary(client) in shown
            assert not [other for other in clients if other != client and canary(other) in shown]
            assert files == bytes_of(tmp_path / "serial" / client)


def test_a03_error_of_one_client_leaves_the_others(make_client, make_notebook, tmp_path, factory):
    for client in ("acme", "broken", "globex"):
        make_client(client, name=client.title())
    make_notebook("02_status", SHOWS, "if client == 'broken':\n    raise ValueError('in the middle')")
    code, said = factory(cx, tmp_path, "render", "acme", "broken", "globex", "--out", tmp_path / "out", "--jobs", 1)
    assert code == 1
    assert "broken: 02_status.ipynb, cell [4]: ValueError: in the middle" in said and "2 of 3 reports" in said
    assert not (tmp_path / "out" / "broken").exists()
    assert (tmp_path / "out" / "broken.failed" / "02_status.ipynb").exists()
    assert "Broken" not in shown_text(tmp_path / "out" / "globex" / "02_status.html")
    code, said = factory(cx, tmp_path, "render", "--failed", "--out", tmp_path / "out")
    assert code == 1 and "0 of 1 reports" in said
    make_notebook("02_status", SHOWS)
    assert factory(cx, tmp_path, "render", "--failed", "--out", tmp_path / "out")[0] == 0
    assert "nothing failed" in factory(cx, tmp_path, "render", "--failed", "--out", tmp_path / "out")[1]


def test_a04_clients_of_one_name_have_reports_of_their_own(make_client, make_notebook, tmp_path, factory):
    make_client("acme-dk", name="Acme", rows=[(n, "x", 10) for n in range(10)])
    make_client("acme-se", name="Acme", rows=[(n, "x", 0) for n in range(10)])
    make_notebook()
    outcomes = factory(rendered, tmp_path, ["acme-dk", "acme-se"], jobs=2)
    assert [outcome.error for outcome in outcomes] == ["", ""]
    results = {c: json.loads((tmp_path / "out" / c / "results.json").read_text()) for c in ("acme-dk", "acme-se")}
    found = {c: r["notebooks"]["status"]["results"][0]["tables"]["figure"] for c, r in results.items()}
    estimates = {c: table["rows"][0][table["columns"].index("estimate")] for c, table in found.items()}
    assert estimates == {"acme-dk": 100.0, "acme-se": -100.0}


def test_a06_table_of_another_client_is_refused(make_client, make_notebook, tmp_path):
    folder = make_client("acme", settings=SETTINGS.replace("respondent: id", "respondent: id\n  client: client"))
    rows = "\n".join(f"{n},x,{n % 11},globex" for n in range(20))
    (folder / "survey.csv").write_text(f"id,place,q1,client\n{rows}\n")
    make_notebook()
    with pytest.raises(DataError, match="must be acme in every row"):
        render_client("acme", tmp_path / "out")
    assert not (tmp_path / "out" / "acme").exists()


def test_a08_path_that_leaves_the_folder_is_refused(make_client, make_notebook, tmp_path):
    make_client("globex")
    make_client("acme", settings=SETTINGS.replace("file: survey.csv", "file: ../globex/survey.csv"))
    make_notebook()
    with pytest.raises(DataError, match="the path leaves the client's folder"):
        render_client("acme", tmp_path / "out")


def test_a09_link_to_the_data_of_another_client_is_refused(make_client, make_notebook, tmp_path):
    other, folder = make_client("globex"), make_client("acme")
    (folder / "survey.csv").unlink()
    (folder / "survey.csv").symlink_to(other / "survey.csv")
    make_notebook()
    with pytest.raises(DataError, match="symbolic link"):
        render_client("acme", tmp_path / "out")


def test_a11_each_client_has_pictures_of_its_own(make_client, make_notebook, tmp_path):
    make_client("acme", rows=[(n, "x", 10) for n in range(10)])
    make_client("globex", name="Globex", rows=[(n, "x", n % 2) for n in range(10)])
    draws = "groups = status.recommendation_groups(survey.rows, survey.recommend, survey.design)"
    make_notebook("02_status", SHOWS, CHART, f"{draws}\npage.draw(charts.recommendation_groups, groups)")
    pictures = set()
    for client in ("acme", "globex"):
        notebook = json.loads((render_client(client, tmp_path / "out") / "02_status.ipynb").read_text())
        outputs = [output for cell in notebook["cells"] for output in cell.get("outputs", [])]
        [picture] = ["".join(o["data"]["image/svg+xml"]) for o in outputs if "image/svg+xml" in o.get("data", {})]
        pictures.add(picture)
    assert len(pictures) == 2


def test_a13_run_from_another_folder_gives_the_same_bytes(make_client, make_notebook, tmp_path, factory):
    make_client()
    make_notebook()
    (tmp_path / "elsewhere").mkdir()
    here = factory(in_folder, tmp_path, tmp_path, ["render", "acme", "--out", "one"])
    there = factory(in_folder, tmp_path, tmp_path / "elsewhere", ["render", "../clients/acme", "--out", "../two"])
    assert (here[0], there[0]) == (0, 0)
    assert bytes_of(tmp_path / "one" / "acme") == bytes_of(tmp_path / "two" / "acme")


def test_name_of_another_client_stops_the_report(make_client, make_notebook, tmp_path):
    make_client("acme")
    make_notebook("02_status", "print('as Globex Ltd does')")
    build_report("acme", tmp_path / "out", foreign={"initech": "Initech"})
    with pytest.raises(Leak, match=r"02_status.* holds 'Globex Ltd', which belongs to another client"):
        build_report("acme", tmp_path / "out2", foreign={"globex": "Globex Ltd"})
    assert not (tmp_path / "out2" / "acme").exists()


@pytest.mark.parametrize("shown", ["as Globex Ltd does", "(globex)", '"globex"'])
def test_scan_finds_ids_and_names(tmp_path, shown):
    (tmp_path / "acme").mkdir()
    file = tmp_path / "page.html"
    file.write_text(f"<p>{shown}</p>")
    with pytest.raises(Leak):
        scan([file], {"globex": "Globex Ltd"}, tmp_path / "acme", "Acme")


@pytest.mark.parametrize(
    "shown", ["globexes", "a-globex-b", "Globex", "Acme Globex Ltd", '<img src="data:image/png;base64,globex/globex">']
)
def test_scan_does_not_cry_wolf(tmp_path, shown):
    (tmp_path / "acme").mkdir()
    file = tmp_path / "page.html"
    file.write_text(f"<p>{shown}</p>")
    assert scan([file], {"globex": "Globex Ltd"}, tmp_path / "acme", "Acme Globex Ltd") == 1


def test_word_that_stands_in_the_clients_own_folder_is_its_own(tmp_path):
    (tmp_path / "acme").mkdir()
    (tmp_path / "acme" / "survey.csv").write_text("supplier\nGlobex Ltd\n")
    file = tmp_path / "page.html"
    file.write_text("<p>Globex Ltd</p>")
    assert scan([file], {"globex": "Globex Ltd"}, tmp_path / "acme", "Acme") == 1


def test_e07_path_of_this_machine_stops_the_report(make_client, make_notebook, tmp_path):
    make_client("acme")
    make_notebook("02_status", "from pathlib import Path\nprint(Path.home() / 'x')")
    with pytest.raises(Leak, match="tells of this machine"):
        build_report("acme", tmp_path / "out")


# Every guard is taken away in turn: without it, the test that stands for it must fail.
def guards_the_key(tmp_path):
    file = tmp_path / "n.ipynb"
    file.write_text("{}")
    assert staleness.page_key("acme", file, {}, {}) != staleness.page_key("globex", file, {}, {})


def guards_names(tmp_path):
    (tmp_path / "acme").mkdir(exist_ok=True)
    (tmp_path / "page.html").write_text("<p>Globex Ltd</p>")
    with pytest.raises(Leak):
        scan([tmp_path / "page.html"], {"globex": "Globex Ltd"}, tmp_path / "acme", "Acme")


def guards_paths(tmp_path):
    (tmp_path / "acme").mkdir(exist_ok=True)
    (tmp_path / "page.html").write_text(f"<p>{Path.home()}/data</p>")
    with pytest.raises(Leak):
        scan([tmp_path / "page.html"], {}, tmp_path / "acme", "Acme")


def without_client(client, *rest):
    return page_key("", *rest)


@pytest.mark.parametrize(
    ("guarded", "owner", "name", "gone"),
    [
        (guards_the_key, staleness, "page_key", without_client),
        (guards_names, leaks, "_among", lambda *_: []),
        (guards_paths, leaks, "machine_words", list),
    ],
    ids=["A10 the client in the key", "names of others", "paths"],
)
def test_a10_a_guard_that_is_gone_is_noticed(guarded, owner, name, gone, tmp_path, monkeypatch):
    guarded(tmp_path)
    monkeypatch.setattr(owner, name, gone)
    with pytest.raises((AssertionError, pytest.fail.Exception)):
        guarded(tmp_path)


def test_guard_against_another_clients_folder_is_noticed_when_gone(make_client, make_notebook, tmp_path, monkeypatch):
    make_client("acme")
    make_client("globex", name="Globex")
    make_notebook("02_status", "from cxlib.engagement import open_client\nopen_client('globex').currency")
    attempt = partial(build_report, "acme", tmp_path / "out")
    with pytest.raises(PageError, match="another client"):
        attempt()
    monkeypatch.setattr("cxlib.render.report._seen", lambda name, reads, engagement: dict(engagement.inputs))
    attempt()


def test_an_id_that_reports_hold_whoever_they_are_about_is_no_leak(tmp_path):
    """An id equal to a word of the program (`blank` is a reason why answers do not count) told of another client before."""
    (tmp_path / "acme").mkdir()
    words = sorted(word for word in leaks.words_of_any_report() if word.isascii() and word.islower() and word.isalpha())
    (tmp_path / "results.json").write_text(" ".join(words))
    foreign = {word: f"{word.title()} Zqxw Ltd" for word in ["blank", *words[:: len(words) // 40]]}
    assert scan([tmp_path / "results.json"], foreign, tmp_path / "acme", "Acme") == 1
    for other in ("zqxwly", "globex-nord", "Blank Zqxw Ltd"):
        (tmp_path / "page.html").write_text(f"<p>blank {other} status</p>")
        with pytest.raises(Leak):
            scan([tmp_path / "page.html"], {other: other} | foreign, tmp_path / "acme", "Acme")


def test_no_demo_client_is_a_word_of_the_program():
    assert not leaks.words_of_any_report() & {"nordlys", "fjordbanken", "harbour", "copenhagen"}
