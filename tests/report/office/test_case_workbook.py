"""The workbook of a case computes the same value as the case, in a spreadsheet program."""

import io
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pytest

from cxlib.analyses.business_case import board_answer, middle_case, value_parts
from cxlib.analyses.business_case.answers import paybacks
from cxlib.analyses.business_case.spreadsheet import flows_at
from cxlib.analyses.result import Result
from cxlib.languages import LANGUAGES
from cxlib.report import Page
from cxlib.report.office.case_workbook import case_workbook
from cxlib.stats.rounding import six_digits
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


@pytest.fixture(scope="module")
def computed(case, tmp_path_factory):
    """computed(**changes) -> the book of the case with changed inputs, computed by a spreadsheet program: started once for all.

    openpyxl keeps formulas and drops stored values, so every figure read back has been computed."""
    if OFFICE is None:
        pytest.skip("LibreOffice is not installed, so the formulas cannot be computed")
    folder = tmp_path_factory.mktemp("case")
    book = case_workbook(Result.from_json(middle_case(case).to_json()), PAGE)
    asked = [{}, *CHANGES, dict.fromkeys(case.choice.chosen, 0)]
    files = [with_inputs(book, folder / f"{number}.xlsx", changes) for number, changes in enumerate(asked)]
    profile = f"-env:UserInstallation=file://{folder}/profile"
    command = [OFFICE, profile, "--headless", "--convert-to", "xlsx", "--outdir", str(folder / "out"), *map(str, files)]
    subprocess.run(command, check=True, capture_output=True, timeout=600)
    return lambda **changes: openpyxl.load_workbook(folder / "out" / files[asked.index(changes)].name, data_only=True)


def with_inputs(book: bytes, file: Path, changes: dict[str, float]) -> Path:
    """The book with changed inputs, in a file."""
    opened = openpyxl.load_workbook(io.BytesIO(book))
    for row in opened["Inputs"].iter_rows(max_col=2):
        if row[0].value in changes:
            row[1].value = changes[row[0].value]
    opened.save(file)
    return file


def answers(book: openpyxl.Workbook) -> dict[str, float]:
    """Labels and values of the answer, computed."""
    return {row[0].value: row[1].value for row in book["Inputs"].iter_rows(min_row=5, max_row=7, max_col=2)}


def test_the_value_stored_beside_each_formula_is_the_one_that_it_gives(case, computed):
    book, compared = case_workbook(middle_case(case), PAGE), 0
    stored, there = openpyxl.load_workbook(io.BytesIO(book), data_only=True), computed()
    for sheet in openpyxl.load_workbook(io.BytesIO(book)):
        for cell in (cell for row in sheet.iter_rows() for cell in row if cell.data_type == "f"):
            found = stored[sheet.title][cell.coordinate].value
            assert found == pytest.approx(there[sheet.title][cell.coordinate].value, rel=1e-5, abs=1e-6), (sheet.title, cell.coordinate)
            compared += found != 0
    assert compared > 60


def test_untouched_it_computes_the_figures_of_the_report(case, computed):
    """Value, parts and paybacks are those that the page shows, from Result to formula."""
    there = computed()
    answer, parts = board_answer(case).tables["answer"], value_parts(case).tables["parts"].set_index("part").expected
    found = answers(there)
    assert found["Net present value"] == pytest.approx(answer.expected[0], rel=1e-6) == pytest.approx(parts["Net present value"])
    assert (found["Payback"], found["Payback, discounted"]) == pytest.approx(paybacks(case), rel=1e-6)
    sheet = there["Money"]
    last = next(cell.column for cell in sheet[3] if cell.value == "Present value after tax")
    worth = {sheet.cell(row, 1).value: sheet.cell(row, last).value for row in range(5, 10)}
    for part, value in parts.drop("Net present value").items():
        assert worth[part] == pytest.approx(value, rel=1e-6), part


CHANGES = ({"Share of the link that is cause and effect": 0.6, "Discount rate a year": 0.11}, {"Share of the link that is cause and effect": 0.3}, {"Horizon": 3},
           {"New app": 1}, {"New app": 1, "Horizon": 7}, {"New app": 1, "Answer the phone": 0})  # fmt: skip


@pytest.mark.parametrize("changes", CHANGES)
def test_changed_inputs_and_switches_are_computed_as_the_model_does(case, computed, changes):
    result = middle_case(case)
    found = answers(computed(**changes))
    inputs = pd.concat([result.tables["inputs"].set_index("key").value, result.tables["initiatives"].set_index("effect").value])
    inputs["causal_share"] = changes.get("Share of the link that is cause and effect", inputs.causal_share)
    horizon, rate = changes.get("Horizon", case.model.horizon), changes.get("Discount rate a year", 0.08)
    names = [name for name in case.order if changes.get(name, name in case.choice.chosen)]
    plan = result.tables["initiatives"].initiative
    work, once, running = (result.tables[name].set_axis(plan) for name in ("work", "once", "running"))
    parts = flows_at(replace(case.model, horizon=horizon), inputs, names, work, once, running)
    spread = result.tables["spread"].set_index("key").loc[:, : str(horizon)]
    benefit = sum(flow for part, flow in parts.items() if part != "cost")
    more = {part: (parts["cost"] if part == "cost" else benefit) * spread.loc[part].to_numpy(float) for part in parts}
    flows = sum(parts[part] + more[part] for part in parts) * (1 - 0.22)
    assert found["Net present value"] == pytest.approx(six_digits(net_present_value(flows, rate)), rel=1.1e-6)
    never = {np.inf: -1}  # the cell then reads "not within the horizon"
    for label, years in (("Payback", payback_period(flows)), ("Payback, discounted", payback_period(flows, rate))):
        assert found[label] == pytest.approx(never.get(years, years), rel=1e-6)


def test_with_every_initiative_off_nothing_is_left(case, computed):
    off = dict.fromkeys(case.choice.chosen, 0)
    assert answers(computed(**off))["Net present value"] == 0


def test_the_stored_values_are_those_of_the_case(case):
    result = middle_case(case)
    book = openpyxl.load_workbook(io.BytesIO(case_workbook(result, PAGE)), data_only=True)
    value = result.tables["value"].iloc[0]
    wanted = pytest.approx([value.net_present_value, value.payback, value.discounted_payback])
    assert [book["Money"][cell].value for cell in ("B14", "B15", "B16")] == wanted
    assert [book["Inputs"][cell].value for cell in ("B5", "B6", "B7")] == wanted == [book["Inputs"][cell].value for cell in ("D5", "D6", "D7")]


def test_every_initiative_has_a_switch_and_each_input_a_unit(case):
    result = middle_case(case)
    sheet = openpyxl.load_workbook(io.BytesIO(case_workbook(result, PAGE)))["Inputs"]
    rows = {row[0].value: row for row in sheet.iter_rows(min_row=11) if row[0].value}
    chosen = result.tables["initiatives"].set_index("initiative").chosen
    assert {name: rows[name][1].value for name in chosen.index} == {name: int(on) for name, on in chosen.items()} and len(chosen) == 2
    assert [str(rule.sqref) for rule in sheet.data_validations.dataValidation if rule.type == "list"] == ["B12:B13"]
    changed = [row for row in rows.values() if row[1].fill.fgColor.rgb == "FFFFF7D6" and row[0].value not in chosen]
    assert len(changed) == len(result.tables["inputs"]) + len(result.tables["certain"]) and all(row[2].value for row in changed)


def test_the_workbook_says_what_the_spread_of_the_inputs_adds(case):
    result = middle_case(case)
    [told] = result.findings
    assert told.values["expected"] == result.tables["value"].net_present_value.iloc[0] == pytest.approx(case.value.mean())
    assert told.values["at_means"] != told.values["expected"]
    book = openpyxl.load_workbook(io.BytesIO(case_workbook(result, PAGE)))
    assert any("inputs multiply and vary together" in str(row[0].value) for row in book["Inputs"].iter_rows(max_col=1))


def test_every_figure_after_the_inputs_is_a_formula(case):
    book = openpyxl.load_workbook(io.BytesIO(case_workbook(middle_case(case), PAGE)))
    for sheet, top, last in (("Money", 4, 16), ("Inputs", 5, 7)):
        rows = book[sheet].iter_rows(min_row=top, max_row=last, min_col=2, max_col=2 if sheet == "Inputs" else None)
        figures = [cell.value for row in rows for cell in row if (cell.value is not None and cell.column != 3) or isinstance(cell.value, float)]
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
