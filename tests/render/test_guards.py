"""Every guard of the fault list is taken away in turn: without it, the test that stands for its fault must fail."""

import inspect
import re
from contextlib import contextmanager
from pathlib import Path

import pytest

from cxlib.engagement import DataError, open_client
from cxlib.render import publish, report, staleness
from cxlib.render.leaks import scan
from tests.conftest import ROOT
from tests.render import test_crashes, test_isolation, test_publish, test_report, test_staleness
from tests.render.conftest import SETTINGS
from tests.render.factory import kill_orphans, without
from tests.render.test_crashes import portfolio
from tests.render.test_staleness import first_made
from tests.render.test_staleness import report as report_fixture

__all__ = ["first_made", "portfolio"]
made_report = pytest.fixture(name="report")(inspect.unwrap(report_fixture))

FAULTS = [
    *("A01", "A02", "A03", "A04", "A06", "A08", "A09", "A10", "A11", "A13"),
    *("B01", "B02", "B03", "B04", "B06", "B09", "B10"),
    *("C01", "C02", "C04", "C05", "C07", "C09", "C10", "C11", "C12"),
]
CHANGES, SHA256, SCAN = staleness.changes, staleness.sha256, scan


@pytest.mark.parametrize("fault", FAULTS)
def test_every_fault_has_a_test_of_its_name(fault):
    texts = [file.read_text(encoding="utf-8") for file in (ROOT / "tests" / "render").glob("test_*.py")]
    named = rf"def test_(\w+_)?{fault.lower()}_|ids=\[[^\]]*\"{fault}\""
    assert [text for text in texts if re.search(named, text)]


# What stands in for a guard once it is gone.
def nothing(*_, **__):
    return None


def no_words(*_):
    return ""


def blind_to(part: str):
    """`staleness.changes` that does not look at a part of a page's key."""
    return lambda old, new: CHANGES({**old, part: new[part]}, new)


def blind_to_inputs(old, new):
    return blind_to("inputs")(old, new)


def bytes_and_time(file: Path) -> str:
    return f"{SHA256(file)} {file.stat().st_mtime_ns if file.exists() else ''}"


def always_stale(*_):
    return ["it is new"]


def unaware_of_its_own_name(files, foreign, own, own_name):
    return SCAN(files, foreign, own, "?")


@contextmanager
def written_in_place(out: Path, client: str, *, wait: float = 0):
    (out / client).mkdir(parents=True, exist_ok=True)
    yield out / client


def any_file_of_the_machine(self, name: str) -> Path:
    return self.path / name


GUARDS = {
    "A03 one report ends, the next begins": (
        test_isolation.test_a03_error_of_one_client_leaves_the_others,
        {"cxlib.render.report.published": written_in_place},
    ),
    "A04 a client's own name": (
        test_isolation.test_a04_clients_of_one_name_have_reports_of_their_own,
        {"cxlib.render.report.scan": unaware_of_its_own_name, "cxlib.render.leaks._is_own": nothing},
    ),
    "B01 the bytes of tables": (
        test_staleness.test_b01_byte_of_a_table_changed_and_its_time_kept,
        {"cxlib.render.staleness.changes": blind_to_inputs},
    ),
    "B02 bytes, not times": (
        test_staleness.test_b02_time_changed_and_bytes_the_same,
        {"cxlib.render.staleness.sha256": bytes_and_time},
    ),
    "B03 the bytes of client.yml": (
        test_staleness.test_b03_value_in_client_yml_changed,
        {"cxlib.render.staleness.changes": blind_to_inputs},
    ),
    "B04 the notebook": (
        test_staleness.test_b04_notebook_changed,
        {"cxlib.render.staleness.changes": blind_to("notebook")},
    ),
    "B06 the versions": (
        test_staleness.test_b06_version_of_a_library_changed,
        {"cxlib.render.staleness.changes": blind_to("versions")},
    ),
    "B09 what is fresh stays": (
        test_staleness.test_b09_nothing_changed_nothing_is_made,
        {"cxlib.render.report.why_page": always_stale},
    ),
    "B10 verify": (
        test_staleness.test_b10_verify_finds_the_page_that_does_not_belong,
        {"cxlib.render.staleness.changes": blind_to_inputs},
    ),
    "C02 how a process ended": (
        test_crashes.test_c02_killed_worker_is_reported_and_the_others_finish,
        {"cxlib.render.run.forks.how_it_ended": no_words},
    ),
    "C04 leftovers are swept": (
        test_crashes.test_c01_c04_killed_at_any_moment_every_report_is_whole,
        {"cxlib.render.publish._sweep": nothing},
    ),
    "C05 a work folder": (
        test_crashes.test_c05_disk_full_leaves_the_old_report_and_exits_74,
        {"cxlib.render.report.published": written_in_place},
    ),
    "C07 children end with the run": (
        test_crashes.test_c07_stopped_run_leaves_no_half_file_and_no_orphan,
        {"cxlib.render.run.forks._stopped": nothing, "cxlib.render.run.forks.die_with": nothing},
    ),
    "C09 a limit of memory": (
        test_crashes.test_c09_cell_that_eats_memory_fails_alone,
        {"cxlib.render.run.engine.limit_memory": nothing},
    ),
    "C10 on the disk before it is shown": (
        test_publish.test_c10_bytes_are_on_the_disk_before_the_pointer_turns,
        {"cxlib.render.publish._sync": nothing},
    ),
    "C12 whole or not at all": (
        test_report.test_c12_error_in_the_last_notebook_publishes_none_and_keeps_it_for_the_consultant,
        {"cxlib.render.report.published": written_in_place},
    ),
}
GIVEN = {"times": 1, "number": 15, "code": 143}


@pytest.mark.parametrize("guard", GUARDS)
def test_a_guard_that_is_gone_makes_its_test_fail(request, monkeypatch, guard):
    test, gone = GUARDS[guard]
    wanted = {name: GIVEN.get(name) or request.getfixturevalue(name) for name in inspect.signature(test).parameters}
    for path, instead in gone.items():
        monkeypatch.setattr(path, instead)
    if factory := wanted.get("factory"):
        wanted["factory"] = lambda function, *words, **options: factory(without, gone, function, words, options)
    try:
        with pytest.raises((AssertionError, pytest.fail.Exception)):
            test(**wanted)
    finally:
        if factory:
            factory(kill_orphans)


def refuses_another_clients_table(make_client):
    folder = make_client("acme", settings=SETTINGS.replace("respondent: id", "respondent: id\n  client: client"))
    (folder / "survey.csv").write_text("id,place,q1,client\n" + "".join(f"{n},x,{n % 11},globex\n" for n in range(20)))


def refuses_a_path_that_leaves_the_folder(make_client):
    make_client("globex")
    make_client("acme", settings=SETTINGS.replace("file: survey.csv", "file: ../globex/survey.csv"))


def refuses_a_link(make_client):
    other, folder = make_client("globex"), make_client("acme")
    (folder / "survey.csv").unlink()
    (folder / "survey.csv").symlink_to(other / "survey.csv")


@pytest.mark.parametrize(
    ("fault", "path", "gone"),
    [
        (refuses_another_clients_table, "cxlib.engagement.tables.columns.TableColumns.all_equal", nothing),
        (refuses_a_path_that_leaves_the_folder, "cxlib.engagement.folder.Folder._checked_path", any_file_of_the_machine),
        (refuses_a_link, "cxlib.engagement.folder.Folder._checked_path", any_file_of_the_machine),
    ],
    ids=["A06", "A08", "A09"],
)
def test_without_its_guard_the_neighbours_table_is_read(make_client, monkeypatch, fault, path, gone):
    fault(make_client)
    with pytest.raises(DataError):
        open_client("acme").survey  # noqa: B018
    monkeypatch.setattr(path, gone)
    assert len(open_client("acme").survey.rows) >= 20


def test_guards_stand_where_they_are_taken_away():
    assert report.published is publish.published and report.why_page is staleness.why_page
