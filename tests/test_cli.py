"""The `cx` command: what it says, what it exits with, and that asking for help loads nothing heavy."""

import subprocess
import sys

import pytest
from click.testing import CliRunner

from cxlib.cli import main
from tests.conftest import ROOT

HEAVY = {
    "numpy",
    "pandas",
    "scipy",
    "matplotlib",
    "papermill",
    "nbformat",
    "nbconvert",
    "pydantic",
    "yaml",
    "tqdm",
    "jinja2",
}


@pytest.fixture
def cx(monkeypatch, tmp_path):
    """cx("check", "acme") -> the finished call; clients are looked for in tmp_path/clients first."""
    monkeypatch.setenv("CX_CLIENTS", str(tmp_path / "clients"))
    return lambda *words: CliRunner().invoke(main, [str(word) for word in words])


@pytest.mark.parametrize("words", [["--help"], ["render", "--help"], ["check", "--help"], ["--version"]])
def test_help_loads_nothing_heavy(words):
    code = f"import sys; from cxlib.cli import main; main({words!r}, standalone_mode=False); print(*sys.modules)"
    said = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout
    assert not HEAVY & {module.split(".")[0] for module in said.splitlines()[-1].split()}


def test_new_client_can_be_checked_and_is_not_made_twice(cx, tmp_path):
    made = cx("new", "acme")
    assert made.exit_code == 0 and "cx check acme" in made.output
    folder = tmp_path / "clients" / "acme"
    schema, *settings = (folder / "client.yml").read_text(encoding="utf-8").splitlines()
    assert (folder / schema.partition("$schema=")[2]).resolve() == ROOT / "templates" / "client" / "client.schema.json"
    assert "client: acme" in "\n".join(settings)
    assert "\n".join(settings).replace("client: acme", "client: my-client").splitlines() == (
        (ROOT / "templates" / "client" / "client.yml").read_text(encoding="utf-8").splitlines()[1:]
    )
    assert cx("check", "acme").exit_code == 0
    again = cx("new", "acme")
    assert again.exit_code == 1 and "there is a folder acme already" in again.output


def test_new_client_asks_once_for_a_directory_outside_of_the_repository(cx, tmp_path, monkeypatch):
    monkeypatch.delenv("CX_CLIENTS")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "settings"))
    monkeypatch.chdir(tmp_path)
    refused = cx("new", "acme")
    assert refused.exit_code == 1 and "CX_CLIENTS" in refused.output and "workbook.yml" in refused.output
    monkeypatch.setattr("cxlib.cli._in_a_terminal", lambda: True)
    made = CliRunner().invoke(main, ["new", "acme"], input=f"{ROOT / 'data'}\n{tmp_path / 'ours'}\n")
    assert made.exit_code == 0 and made.output.count("Directory for them [~/cx-clients]") == 2
    assert "lies in the workbook's repository" in made.output and (tmp_path / "ours" / "acme" / "client.yml").is_file()
    second = cx("new", "beta")
    assert second.exit_code == 0 and "Directory for them" not in second.output
    assert (tmp_path / "ours" / "beta").is_dir()
    assert cx("check", "beta").exit_code == 0


def test_a_wrong_workbook_is_told_before_anything_runs(cx, tmp_path, monkeypatch):
    monkeypatch.setenv("CX_CLIENTS", "")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "workbook.yml").write_text("clinets: here\n")
    for words in (["check", "nordlys"], ["render", "--all"], ["new", "acme"], ["verify"]):
        said = cx(*words)
        assert said.exit_code in (1, 2) and "Did you mean `clients`?" in said.output


def test_all_is_the_clients_of_the_environment_alone(cx, tmp_path):
    said = cx("render", "--all", "--out", tmp_path / "out")
    assert said.exit_code == 2 and f"there is no client in {tmp_path / 'clients'}" in said.output


def test_new_client_from_a_file_is_described_checked_and_told(cx, tmp_path):
    table = tmp_path / "survey.csv"
    table.write_text("id,nps,region\n" + "".join(f"{i},{i % 11},{'NS'[i % 2]}orth\n" for i in range(60)), encoding="utf-8")
    made = cx("new", "acme", "--from", table, "--language", "sv")
    assert made.exit_code == 0, made.output
    assert "survey.recommend: Nps" in made.output and "acme: errors 0" in made.output
    settings = (tmp_path / "clients" / "acme" / "client.yml").read_text(encoding="utf-8")
    assert "language: sv" in settings and "recommend: {column: nps, scale: [0, 10]}" in settings
    assert cx("check", "acme").exit_code == 0
    assert "there is a folder acme already" in cx("new", "acme", "--from", table).output
    assert "there is no such file" in cx("new", "other", "--from", tmp_path / "absent.csv").output
    assert cx("new", "third", table).exit_code == 2


@pytest.mark.parametrize(
    "name",
    ["../x", "/etc/x", "a/b", "a\\b", "C:x", "CON", "", ".", "a" * 300, "a\0b", "Nordlys", "kunde med mellemrum"],
)
def test_d09_bad_id_is_refused(cx, tmp_path, name):
    for command in ("new", "check", "render"):
        said = cx(command, name, *(["--out", tmp_path / "out"] if command == "render" else []))
        assert said.exit_code == 1 and "is not a client id" in said.output
    assert not (tmp_path / "clients").exists() and not list(tmp_path.rglob("client.yml"))


@pytest.mark.parametrize("client", ["nordlys", "fjordbanken", "harbour", "copenhagen"])
def test_demo_clients_have_no_errors(cx, client):
    said = cx("check", client)
    assert said.exit_code == 0 and f"{client}: errors 0" in said.output


def test_check_prints_every_problem_with_where_it_is(cx, tmp_path):
    folder = tmp_path / "clients" / "acme"
    folder.mkdir(parents=True)
    settings = "client: acme\nname: Acme\nlanguage: en\nsurvey:\n  file: s.csv\n  respondent: id\n"
    settings += "  recommend: {column: q1, scale: [0, 10]}\n"
    (folder / "client.yml").write_text(settings)
    (folder / "s.csv").write_text("id,q1\na,12\nb,5\nb,often\n")
    said = cx("check", "acme")
    assert said.exit_code == 1
    for piece in ('acme/s.csv, row 2, column "q1"', "12", 'row 4, column "q1"', 'row 4, column "id"'):
        assert piece in said.output


def test_path_to_a_client_folder_is_a_client(cx, tmp_path, monkeypatch):
    cx("new", "acme")
    monkeypatch.setenv("CX_CLIENTS", "")
    assert cx("check", "acme").exit_code == 1
    assert cx("check", tmp_path / "clients" / "acme").exit_code == 0


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], "name at least one client, or --all"),
        (["harbour", "--only", "statu"], "no notebook is called 'statu'; did you mean 'status'"),
        (["acme", "--language", "no"], "'no' is not a language of the reports"),
        (["acme", "--jobs", "0"], "0 is not in the range"),
    ],
)
def test_call_that_makes_no_sense_exits_2_before_anything_runs(cx, words, said):
    finished = cx("render", *words)
    assert finished.exit_code == 2 and said in finished.output


def test_first_client_of_the_readme_is_right(cx, tmp_path):
    import openpyxl

    example = (ROOT / "README.md").read_text(encoding="utf-8").split("```yaml\n")[1].split("```")[0]
    book = openpyxl.Workbook()
    book.active.title = "Besvarelser"
    headings = ["Svar-ID", "Dato", "Region", "Hvor sandsynligt er det, at du vil anbefale os? (0-10)"]
    headings += ["Alt i alt, hvor tilfreds er du?", "Personalet er venligt", "Prisen er rimelig"]
    for row in (["Kundetilfredshed 2025"], [], headings, [1, "2025-03-01", "Nord", "Ved ikke", 9, 8, 7]):
        book.active.append(row)
    (tmp_path / "clients" / "acme").mkdir(parents=True)
    (tmp_path / "clients" / "acme" / "client.yml").write_text(example, encoding="utf-8")
    book.save(tmp_path / "clients" / "acme" / "export.xlsx")
    *told, counted = cx("check", "acme").output.splitlines()
    assert counted == "acme: errors 0, warnings 0" and told == ["acme/export.xlsx: 1 row, 7 columns (xlsx, sheet Besvarelser)"]
