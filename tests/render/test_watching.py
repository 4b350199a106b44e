"""`cx watch`: what counts as a change, that a burst is one, and that nothing but Ctrl-C ends it. No test waits for the clock."""

import os

import pytest
from click.testing import CliRunner

from cxlib import cli
from cxlib.render import watching
from cxlib.render.batch import ClientOutcome
from cxlib.render.watching import changes, seen_in

SETTINGS = "client: acme\nname: Acme\nlanguage: en\nsurvey:\n  file: s.csv\n  recommend: {column: q1, scale: [0, 10]}\n"


def looks(*states):
    """(look, pause): each pause goes on to the next state; after the last one the watching ends as Ctrl-C ends it."""
    left = [{}, *states]

    def pause():
        left.pop(0)
        if not left:
            raise KeyboardInterrupt

    return (lambda: left[0]), pause


def told(*states):
    found = []
    with pytest.raises(KeyboardInterrupt):
        for changed in changes(*looks(*states), {}):
            found.append(changed)
    return found


def test_a_burst_is_one_change_and_is_told_when_it_is_over():
    a, b, c = {"a": (1, 1)}, {"a": (2, 5), "b": (2, 1)}, {"a": (2, 9), "b": (3, 1)}
    assert told(a, b, c) == []  # it has not come to rest yet
    assert told(a, b, c, c) == [["a", "b"]]
    assert told(a, a, a, b, b, b, c, c) == [["a"], ["a", "b"], ["a", "b"]]


def test_what_is_written_and_taken_away_again_is_no_change_and_a_lost_file_is_one():
    a = {"a": (1, 1)}
    assert told(a, {}, {}, {}) == []
    assert told(a, a, {}, {}) == [["a"], ["a"]]


def test_what_changes_during_a_run_is_the_next_change():
    state = {"a": (1, 1)}
    found, ended = [], iter([None] * 6)

    def pause():
        if next(ended, 0) == 0:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        for changed in changes(lambda: dict(state), pause, {}):
            found.append(changed)
            if len(found) == 1:
                state["during"] = (1, 1)
    assert found == [["a"], ["during"]]


def test_only_files_count_that_a_report_can_rest_on(tmp_path):
    for name in ("client.yml", "s.csv", "notebooks/07_more.ipynb", "work/02_status.ipynb", ".ipynb_checkpoints/x.ipynb",
                 "~$s.xlsx", ".~lock.s.csv#", "s.csv.tmp", "s.csv~", "reports/acme/index.html"):  # fmt: skip
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(name)
    (tmp_path / "broken.csv").symlink_to(tmp_path / "absent.csv")
    seen = seen_in(tmp_path, tmp_path / "reports")
    assert set(seen) == {"client.yml", "s.csv", "notebooks/07_more.ipynb"}
    (tmp_path / "s.csv").write_text("longer than before")
    assert seen_in(tmp_path, tmp_path / "reports") != seen
    assert seen_in(tmp_path / "absent") == {}


@pytest.fixture
def watched(tmp_path, monkeypatch):
    """watched(step, ...) -> what `cx watch acme` says and exits with, while each step happens between two of its looks."""
    folder = tmp_path / "clients" / "acme"
    folder.mkdir(parents=True)
    (folder / "client.yml").write_text(SETTINGS)
    (folder / "s.csv").write_text("q1\n9\n3\n")
    monkeypatch.setenv("CX_CLIENTS", str(folder.parent))
    rendered = []

    def render(clients, out, request):
        rendered.append((folder / "s.csv").read_text())
        (out / "acme").mkdir(parents=True, exist_ok=True)
        (out / "acme" / "index.html").write_text(f"run {len(rendered)}")
        yield ClientOutcome("acme", out / "acme", made=("status",))

    monkeypatch.setattr("cxlib.render.kept_fresh.rendered_clients", render)
    monkeypatch.setattr("cxlib.render.run.processes.prepare", lambda: None)  # it is for a process that does nothing else

    def watched(*steps, out=tmp_path / "out"):
        left = [step for each in steps for step in (each, lambda: None, lambda: None)]

        def rest():
            if not left:
                raise KeyboardInterrupt
            left.pop(0)()

        monkeypatch.setattr(watching, "rest", rest)
        said = CliRunner().invoke(cli.main, ["watch", "acme", "--out", str(out)])
        return said, rendered

    watched.folder = folder
    return watched


def test_it_renders_at_once_and_again_after_a_change_and_ctrl_c_ends_it(watched, tmp_path):
    def write():
        (watched.folder / "s.csv").write_text("q1\n9\n3\n10\n")

    said, rendered = watched(write)
    assert said.exit_code == 130 and len(rendered) == 2 and rendered[1].endswith("10\n")
    address = (tmp_path / "out" / "acme" / "index.html").as_uri()
    assert said.output.count(f"acme: rendered: {address}") == 2 and "changed: s.csv" in said.output
    assert "Traceback" not in said.output


def test_a_broken_file_is_told_and_the_next_change_mends_it(watched):
    settings = watched.folder / "client.yml"
    said, rendered = watched(
        lambda: (watched.folder / "s.csv").write_text("q1\n9\noften\n"),
        lambda: settings.write_text("client: [acme\n"),
        lambda: os.remove(settings),
        lambda: (settings.write_text(SETTINGS), (watched.folder / "s.csv").write_text("q1\n9\n4\n")),
    )
    assert said.exit_code == 130 and [text.split()[-1] for text in rendered] == ["3", "4"]
    for piece in ('row 3, column "q1"', "not valid YAML", "client.yml", "an earlier report, if any, is untouched"):
        assert piece in said.output
    assert said.output.index("not valid YAML") < said.output.rindex("acme: errors 0")


def test_what_the_run_writes_does_not_start_the_next(watched):
    said, rendered = watched(lambda: None, lambda: None, out=watched.folder / "reports")
    assert said.exit_code == 130 and len(rendered) == 1
    assert (watched.folder / "reports" / "acme" / "index.html").exists()


def test_an_error_of_the_program_does_not_end_it(watched, monkeypatch):
    def fails(client):
        raise RuntimeError("a fault")

    monkeypatch.setattr("cxlib.render.kept_fresh.checked", fails)
    said, rendered = watched(lambda: (watched.folder / "s.csv").write_text("q1\n9\n"))
    assert said.exit_code == 130 and said.output.count("acme: RuntimeError: a fault") == 2 and rendered == []


def test_nobody_is_watched_under_a_wrong_name(watched):
    said = CliRunner().invoke(cli.main, ["watch", "acne"])
    assert said.exit_code == 1 and "Did you mean acme?" in said.output
