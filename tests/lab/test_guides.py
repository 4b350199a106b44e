"""Each notebook opens with a guide for the consultant, and what is for the consultant alone stays there."""

import nbformat
import pytest

from tests.lab.notebook_names import FILES

WITH_SLIDERS = {"04_tipping_points", "06_business_case"}


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_notebook_opens_with_its_question_and_a_guide(file):
    question, guide, parameters = nbformat.read(file, as_version=4).cells[:3]
    assert question.source.startswith("# ") and question.source.split("\n")[0].endswith("?")
    assert guide.metadata.tags == ["note"]
    for part in ("**For the consultant.**", "**The data**", "**Look for**", "**Change**"):
        assert part in guide.source
    assert parameters.metadata.tags == ["parameters"]


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_sliders_are_notes_and_leave_no_widget_behind(file):
    code = [cell for cell in nbformat.read(file, as_version=4).cells if cell.cell_type == "code"]
    cells = [cell for cell in code if "page.what_if(" in cell.source]
    assert len(cells) == (file.stem in WITH_SLIDERS)
    assert all(cell.metadata.tags == ["note"] for cell in cells)
    kinds = {kind for cell in cells for output in cell.outputs for kind in output.data}
    assert kinds <= {"text/plain", "text/html"}
