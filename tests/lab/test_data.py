"""`00_data`: what it shows to a person and to a program, what its drop-downs change, what it saves; no report has it."""

import nbformat
import pytest

from cxlib.engagement import DataError
from cxlib.lab import data as data_module
from cxlib.lab import open_data
from cxlib.lab.form import CorrectionsForm, SavingForm
from cxlib.render.run.notebooks import NOTEBOOKS, notebook_files, own_copy
from cxlib.report.html import presentable
from tests.engagement.conftest import clients  # noqa: F401
from tests.engagement.proposal.conftest import as_csv
from tests.engagement.proposal.test_draft import exported, rows  # noqa: F401

FILE = NOTEBOOKS / "00_data.ipynb"


@pytest.fixture
def data(exported):  # noqa: F811
    return open_data("acme", [exported])


@pytest.fixture
def form(data):
    """The form beside the button that saves, each following the other."""
    form, saving = CorrectionsForm(data.draft, data._changed), SavingForm(data.draft, data._changed)
    data._live.update(corrections=form.refresh, saving=saving.refresh)
    form.saving = saving
    return form


def row(form, key):
    return form._rows[key]


def test_no_report_has_it_and_nothing_of_it_would_reach_a_client(tmp_path):
    assert FILE.exists() and FILE not in notebook_files().values()
    (tmp_path / "notebooks").mkdir()
    (tmp_path / "notebooks" / FILE.name).write_bytes(FILE.read_bytes())
    assert "data" not in notebook_files(None, tmp_path)
    with pytest.raises(ValueError, match="becomes no page of a report; cx lab acme opens it"):
        own_copy("00_data", "acme", tmp_path)
    notebook = nbformat.read(FILE, as_version=4)
    assert all(set(cell.metadata.tags) <= {"note", "parameters"} for cell in notebook.cells)
    assert all(cell.cell_type == "code" and "parameters" in cell.metadata.tags for cell in presentable(notebook, "en").cells)


def test_plain_faces_hold_the_same_lines_as_the_form(data, form):
    shown = data.proposal
    keys = [line.split()[-2 if line.startswith("left") else 1].rstrip(":") for line in repr(shown).splitlines() if not line.startswith(" ")]
    assert {"survey.recommend", "survey.segments.region"} <= set(keys)
    assert "survey.recommend" in form._rows and "0-10" in repr(shown) and "<table" in shown._repr_html_()
    assert "&lt;" in type(data)(data.draft).found._repr_html_() or "<script" not in data.found._repr_html_()


def test_nothing_of_a_file_is_read_as_html(clients, tmp_path):  # noqa: F811
    evil = "<script>x</script>"
    (tmp_path / "s.csv").write_text(as_csv([["id", "nps", evil], *[[f"R{i}", i % 11, [f"{evil} a", "b"][i % 2]] for i in range(120)]]))
    data = open_data("acme", [tmp_path / "s.csv"])
    form, saving = CorrectionsForm(data.draft, data._changed), SavingForm(data.draft, data._changed)
    html = [data.found._repr_html_(), data.look._repr_html_(), data.proposal._repr_html_(), data.change._repr_html_(), saving._change.value]
    html += [each.value for row in form._rows.values() for each in (row._label, row._note)]
    assert not [each for each in html if "<script" in each] and any("&lt;script" in each for each in html)


def test_a_program_gets_words_and_saves_only_when_told(data, clients):  # noqa: F811
    assert "Nothing is saved yet" in repr(data.save()) and list(clients.iterdir()) == []
    assert "acme: errors 0" in repr(data.save(True)) and (clients / "acme" / "client.yml").exists()
    assert repr(data.change) == "acme/client.yml stays as it is"


def test_corrections_in_the_cell_count(data):
    said = repr(data.correct({"survey.segments.region": False, "name": "Acme A/S"}))
    assert "left out  survey.segments.region" in said and "Acme A/S" in said


def test_a_person_gets_the_form_and_a_button(data, monkeypatch):
    shown = []
    monkeypatch.setattr(data_module, "can_slide", lambda: True)
    monkeypatch.setattr("IPython.display.display", shown.append)
    assert data.correct() is None and data.save() is None
    assert [type(each).__name__ for each in shown] == ["VBox", "VBox"]


def test_a_drop_down_changes_its_line_and_what_is_to_be_saved(form, data):
    assert "survey.segments.region" in form._rows
    row(form, "survey.segments.region")._choice.value = "leave it out"
    assert "# ?     region" in data.draft.text and "# ?     region" in form.saving._change.value
    assert row(form, "survey.segments.region")._value.disabled
    row(form, "survey.segments.region")._choice.value = "take it"
    assert "    region: Region" in data.draft.text


def test_what_is_left_out_hides_what_stands_below_it(form):
    before = len(form.box.children)
    row(form, "survey.segments")._choice.value = "leave it out"
    hidden = before - len(form.box.children)
    assert hidden >= 1
    row(form, "survey.segments")._choice.value = "take it"
    assert len(form.box.children) == before


def test_a_value_is_written_and_one_that_cannot_be_read_is_told(form, data):
    region = row(form, "survey.segments.region")
    region._value.value = "Landsdel"
    assert "region: Landsdel" in data.draft.text
    region._value.value = "a: b: c"
    assert "color:" in region._wrong.value and "region: Landsdel" in data.draft.text
    region._value.value = '"a: b"'
    assert 'region: "a: b"' in data.draft.text and not region._wrong.value


def test_a_question_that_is_answered_makes_the_lines_anew(form, data):
    [rating] = [each for each, question in zip(form._questions, data.draft.questions, strict=True) if question.key == "rating"]
    assert rating.value in data.draft.text
    rating.value = next(option for _, option in rating.options if option not in (rating.value, "none"))
    assert f'column: "{rating.value}"' in row(form, "survey.rating")._value.value


def test_the_button_saves_and_the_check_speaks(form, data, clients):  # noqa: F811
    saving = form.saving
    saving._button.click()
    assert "acme: errors 0" in saving._told.value and saving._button.disabled
    assert (clients / "acme" / "client.yml").read_text() == data.draft.text
    row(form, "survey.segments.region")._choice.value = "leave it out"
    assert not saving._button.disabled and saving._told.value == ""
    (clients / "acme" / "client.yml").write_text("client: acme\n")
    saving._button.click()
    assert "changed since it was read" in saving._told.value


def test_what_cannot_be_opened_is_told(clients):  # noqa: F811
    with pytest.raises(DataError, match="there is no such file"):
        open_data("acme", ["absent.csv"])
