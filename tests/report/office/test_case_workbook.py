"""The workbook of a case computes the same value as the case, in a spreadsheet program."""

import io
import shutil
import subprocess

import numpy as np
import openpyxl
import pandas as pd
import pytest

from cxlib.analyses.business_case import middle_case
from cxlib.analyses.business_case.model import present, set_flows
from cxlib.analyses.business_case.spreadsheet import middle_flows
from cxlib.analyses.result import Result
from cxlib.languages import LANGUAGES
from cxlib.report import Page
from cxlib.report.office.case_workbook import case_workbook
from cxlib.stats.value.cash_flow import net_present_value, payback_period
from tests.analyses.test_business_case import case_with, customers, links_of, plan

OFFICE = shutil.which("soffice") or shutil.which("libreoffice")
PAGE = Page(language="en", currency="EUR")


@pytest.fixture(scope="module")
def case():
    rows = plan(of=["satisfaction", "employees"], cost_once=[50_000.0, 9_000.0], cost_yearly=[20_000.0, 1_000.0])
    terms = {"replaced": 0.3, "acquisition_cost": 120.0, "tax": 0.22, "effect_lasts_years": 2.0, "fade": 0.4}
    return case_with(
        links_of(customers()),
        rows,
        **terms,
        cost_factor=(0.9, 1.0, 1.4),
        employee_slope=(0.5, 0.1),
        draws=3000,
    )


def computed(book: bytes, folder, **changes: float) -> openpyxl.Workbook:
    """The book after a spreadsheet program has computed the book with changed inputs.

    openpyxl keeps formulas and drops stored values, so every figure read back has been computed."""
    opened = openpyxl.load_workbook(io.BytesIO(book))
    for row in opened["Inputs"].iter_rows(max_col=2):
        if row[0].value in changes:
            row[1].value = changes[row[0].value]
    opened.save(folder / "case.xlsx")
    command = [
        OFFICE,
        f"-env:UserInstallation=file://{folder}/profile",
        "--headless",
        "--convert-to",
        "xlsx",
        "--outdir",
        str(folder / "out"),
        str(folder / "case.xlsx"),
    ]
    subprocess.run(command, check=True, capture_output=True, timeout=180)
    return openpyxl.load_workbook(folder / "out" / "case.xlsx", data_only=True)


def recalculated(book: bytes, folder, **changes: float) -> dict[str, float]:
    """Labels and values of the answer, computed."""
    sheet = computed(book, folder, **changes)["Money"]
    return {row[0].value: row[1].value for row in sheet.iter_rows(min_row=12, max_row=14, max_col=2)}


@pytest.mark.skipif(OFFICE is None, reason="LibreOffice is not installed, so the formulas cannot be computed")
def test_the_value_stored_beside_each_formula_is_the_one_that_it_gives(case, tmp_path):
    book, compared = case_workbook(middle_case(case), PAGE), 0
    stored, there = openpyxl.load_workbook(io.BytesIO(book), data_only=True), computed(book, tmp_path)
    for sheet in openpyxl.load_workbook(io.BytesIO(book)):
        for cell in (cell for row in sheet.iter_rows() for cell in row if cell.data_type == "f"):
            found = stored[sheet.title][cell.coordinate].value
            assert found == pytest.approx(there[sheet.title][cell.coordinate].value, rel=1e-5, abs=1e-9), cell.coordinate
            compared += found != 0
    assert compared > 60


@pytest.mark.skipif(OFFICE is None, reason="LibreOffice is not installed, so the formulas cannot be computed")
@pytest.mark.parametrize("changes", [{}, {"Share of the link that is cause": 0.6, "Discount rate a year": 0.11},
                                     {"Share of the link that is cause": 0.3}])
def test_the_workbook_computes_value_and_payback_to_a_millionth(case, tmp_path, changes):
    result = middle_case(case)
    found = recalculated(case_workbook(result, PAGE), tmp_path, **changes)
    inputs = result.tables["inputs"].set_index("key").value
    inputs["causal_share"] = changes.get("Share of the link that is cause", inputs.causal_share)
    rate = changes.get("Discount rate a year", 0.08)
    names = result.tables["initiatives"].initiative
    work, planned = (result.tables[name].set_axis(names) for name in ("work", "planned"))
    flows = middle_flows(case.model, inputs, work, planned) * (1 - 0.22)
    assert found["Net present value"] == pytest.approx(net_present_value(flows, rate), rel=1e-6)
    never = {np.inf: -1}  # the workbook writes -1 where the money does not come back
    for label, years in (("Payback, years", payback_period(flows)), ("Discounted payback, years", payback_period(flows, rate))):
        assert found[label] == pytest.approx(never.get(years, years), rel=1e-6)


def test_the_stored_values_are_those_of_the_case(case):
    result = middle_case(case)
    book = openpyxl.load_workbook(io.BytesIO(case_workbook(result, PAGE)), data_only=True)
    value = result.tables["value"].iloc[0]
    wanted = pytest.approx([value.net_present_value, value.payback, value.discounted_payback])
    assert [book["Money"][cell].value for cell in ("B12", "B13", "B14")] == wanted
    assert [book["Inputs"][cell].value for cell in ("B5", "B6", "B7")] == wanted


def test_the_workbook_says_why_its_value_is_not_the_middle_of_the_outcomes(case):
    result = middle_case(case)
    [differs, payback] = result.findings
    assert differs.values["at_middle"] == result.tables["value"].net_present_value.iloc[0]
    assert differs.values["median"] == pytest.approx(np.median(case.value)) != differs.values["at_middle"]
    assert payback.values["at_middle"] == result.tables["value"].payback.iloc[0]
    book = openpyxl.load_workbook(io.BytesIO(case_workbook(result, PAGE)))
    told = [row[0].value for row in book["Inputs"].iter_rows(max_col=1)]
    assert any("not the middle of the outcomes" in str(text) for text in told)


def test_six_digits_of_each_piece_are_enough_for_the_case_as_it_was_drawn(case):
    value = middle_case(case).tables["value"].net_present_value.iloc[0]
    middle = case.inputs.draws.median().to_frame().T
    exact = present(case.model, sum(set_flows(case.model, middle, case.choice.chosen, case.order).values()))[0]
    assert value == pytest.approx(exact, rel=1e-4) and value != exact


def test_every_figure_after_the_inputs_is_a_formula(case):
    book = openpyxl.load_workbook(io.BytesIO(case_workbook(middle_case(case), PAGE)))
    for sheet, top in (("Money", 4), ("Inputs", 5)):
        rows = book[sheet].iter_rows(min_row=top, max_row=7 if sheet == "Inputs" else None, min_col=2)
        figures = [cell.value for row in rows for cell in row if cell.value is not None]
        assert figures and all(str(value).startswith("=") for value in figures)


def test_client_text_never_becomes_a_formula(case):
    result = middle_case(case)
    evil = {name: table.copy() for name, table in result.tables.items()}
    evil["initiatives"]["initiative"] = "=cmd|' /C calc'!A0"
    evil["inputs"]["input"] = "@SUM(1)"
    evil["inputs"]["input"] += " {0} <script>"
    hostile = type(result)(result.name, evil, result.findings, result.base)
    page = Page(language="en", currency="EUR", client="=1+1")
    book = openpyxl.load_workbook(io.BytesIO(case_workbook(hostile, page)))
    texts = [cell for sheet in book for row in sheet.iter_rows(max_col=1) for cell in row if cell.value is not None]
    assert all(cell.data_type != "f" for cell in texts)
    assert any(str(cell.value).startswith("=cmd") for cell in texts)


@pytest.mark.parametrize("language", LANGUAGES)
def test_read_back_from_json_it_is_the_same_workbook_byte_for_byte(case, language):
    result, page = middle_case(case), Page(language=language, currency="EUR", client="Acme")
    again = Result.from_json(result.to_json())
    assert case_workbook(again, page) == case_workbook(result, page)


def test_without_a_chosen_set_there_is_no_workbook():
    assert middle_case(None).absent
    assert isinstance(middle_case(None).tables, dict) and pd.DataFrame(middle_case(None).tables).empty
