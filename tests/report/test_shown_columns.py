"""Columns of all shipped results: each is declared by the room that makes it, each declared one is made, and how it reads."""

import json

import numpy as np
import pandas as pd
import pytest

from cxlib.analyses import journey, maturity, tipping_points
from cxlib.analyses.business_case.columns import LONGEST
from cxlib.analyses.columns import WORDS, by_room, columns_of, end_of
from cxlib.analyses.journey import unit_page
from cxlib.analyses.result import Base, Result
from cxlib.engagement import open_client
from cxlib.report.language.numbers import styled
from cxlib.report.language.words import translated
from cxlib.report.office.excel_cells import typed_columns
from cxlib.report.tables import heading, meaning, readable, table_html
from tests.analyses.department_cases import department_folder, department_tables
from tests.analyses.maturity_cases import people, stairs
from tests.analyses.test_journey_matters import RECOMMEND, logged, worst_decides
from tests.report.executed import results_of_shipped

UP, DOWN = [1, 1, 1, 1, 0, 0], [1, 1, 0, 0, 0, 0]


@pytest.fixture(scope="module")
def made(demo_reports, tmp_path_factory) -> list[tuple[str, Result]]:
    """Every result of the demo clients and of the stored notebooks, with its room."""
    found = [(name.split(".")[0], result) for name, result in results_of_shipped().items()]
    for file in sorted(demo_reports.glob("*/results.json")):
        notebooks = json.loads(file.read_text(encoding="utf-8"))["notebooks"]
        found += [(room, result) for room, told in notebooks.items() for result in map(Result.from_json, told["results"])]
    waves = np.vstack([[DOWN] * 5, [UP] * 5])
    of_periods = pd.concat([people(["A"] * 5, period) for period in ("2024", "2025")], ignore_index=True)
    found.append(("maturity", maturity.moves(stairs(waves, people=of_periods))))
    found.append(("maturity", maturity.placement(stairs([[0, 1 / 3, 1, 1, 1, 1]] * 4))))
    rows, frame, answers = worst_decides()
    found.append(("journey", journey.summary_rule(rows, logged(frame, answers=answers), RECOMMEND)))
    found += [("journey", page) for page in unit_pages(tmp_path_factory.mktemp("departments"))]
    return [*found, ("tipping_points", cliff())]


def unit_pages(folder) -> list[Result]:
    """The pages of a client's units, which are for their own meetings and in no report."""
    department_folder(folder / "acme", department_tables())
    with pytest.MonkeyPatch.context() as places:
        places.setenv("CX_CLIENTS", str(folder))
        engagement = open_client("acme")
        survey = engagement.survey
        pages = unit_page.unit_pages(survey.rows, engagement.journey, engagement.follow_up, engagement.units, survey.asked, survey.design)
    return list(pages.values())


def cliff() -> Result:
    """A service level with two points: one point less for each minute from the third to the sixth."""
    rng = np.random.default_rng(0)
    minutes = np.ceil(rng.gamma(1.8, 6, 6000)).clip(max=40)
    answer = np.round(9 - np.clip(minutes - 3, 0, 3) + rng.normal(0, 1.2, 6000)).clip(0, 10)
    wait = tipping_points.ServiceLevel("Wait", column="minutes", unit="minutes", outcome="answer", scale=(0, 10))
    contacts = pd.DataFrame({"minutes": minutes, "answer": answer})
    return tipping_points.verdicts(tipping_points.examine(contacts, {"wait": wait}, minimum=5, draws=199))


def test_every_column_of_every_result_is_declared_by_its_room_and_every_declared_one_is_made(made):
    home = {column: room for room, column in by_room()}
    used, foreign, undeclared = set(), set(), set()
    for room, result in made:
        for key, table in (result.tables | {"told": result.told}).items():
            columns = columns_of(result, key)
            for name in table:
                column = columns.interval(name) or columns[name]
                used.add(column)
                if column.is_own:
                    undeclared.add(f"{room}.{result.name}.{key}: {name}")
                elif home[column] not in ("", room):
                    foreign.add(f"{room}.{result.name}.{key}: {name} of {home[column]}")
    assert (undeclared, foreign) == (set(), set())
    years = set(map(str, range(LONGEST + 1)))  # a plan has up to so many
    assert {column.name for column in home if column not in used} - years == set()
    assert len(used) > 150


def test_a_shared_column_is_one_of_several_rooms(made):
    rooms: dict[str, set[str]] = {}
    for room, result in made:
        for table in (*result.tables.values(), result.told):
            for name in table:
                rooms.setdefault("interval" if end_of(name) is not None else name, set()).add(room)
    assert [column.name for room, column in by_room() if not room and len(rooms[column.name]) < 2] == []


def test_results_with_intervals_name_their_confidence(made):
    lacking = {
        f"{room}.{result.name}.{key}"
        for room, result in made
        for key, table in result.tables.items()
        for columns in [columns_of(result, key)]
        for name in table
        if (interval := columns.interval(name)) and "{level" in interval.heading and "confidence" not in result.settings
    }
    assert lacking == set()


def test_every_style_is_one_that_numbers_are_written_in():
    for _, column in by_room():
        assert column.style in (*WORDS, "interval") or styled(1.0, column.style, "en", "DKK")


def test_the_longest_plan_has_a_column_for_each_of_its_years():
    from cxlib.engagement.settings.money import MoneySettings

    [most] = [rule.le for rule in MoneySettings.model_fields["horizon_years"].metadata if hasattr(rule, "le")]
    assert most == LONGEST


@pytest.mark.parametrize(
    ("language", "confidence", "plain", "of_the_change", "meant"),
    [
        ("en", 0.8, "80% interval", "80% interval of the change", "true figure in 80 of 100 samples"),
        ("da", 0.8, "80 %-interval", "80 %-interval for ændringen", "i 80 ud af 100"),
        ("sv", 0.8, "80 %-intervall", "80 %-intervall för förändringen", "i 80 av 100"),
        ("en", 0.95, "95% interval", "95% interval of the change", "in 95 of 100"),
        ("da", 0.995, "99,5 %-interval", "99,5 %-interval for ændringen", "i 99,5 ud af 100"),
    ],
)
def test_headings_of_intervals_take_the_confidence_of_the_result(language, confidence, plain, of_the_change, meant):
    table = pd.DataFrame({"estimate": [1.0], "low": [0.0], "high": [2.0], "change": [1.0], "change_low": [0.0], "change_high": [2.0]})
    columns = columns_of(Result("own", {"t": table}, (), Base(1, 1), {"confidence": confidence}), "t")
    texts = readable(table, columns, language)
    headings = [heading(columns, name, language) for name in texts]
    assert headings[1::2] == [plain, of_the_change]
    assert all(f">{head}<" in table_html(table, columns, language) for head in headings)
    typed = [column.heading for column in typed_columns(table, columns, language)]
    assert typed[1].startswith(f"{plain}, ") and typed[4].startswith(f"{of_the_change}, ")
    assert meant in meaning(columns, "change_high", language)


@pytest.mark.parametrize("language", ["en", "da", "sv"])
def test_intervals_that_are_always_the_same_do_not_follow_the_confidence(language):
    table = pd.DataFrame({"level": [1.0], "level_low": [0.0], "level_high": [2.0]})
    columns = columns_of(Result("what_matters", {"inputs": table}, (), Base(1, 1), {"confidence": 0.5}), "inputs")
    assert heading(columns, "level_interval", language) == translated("80% range", language)


def test_a_clients_own_heading_is_neither_translated_nor_filled():
    table = pd.DataFrame({"Answers": ["a"], "{level:general} {x}": ["b"]})
    columns = columns_of(Result("own", {"t": table}, (), Base(1, 1)), "t")
    assert [heading(columns, name, "da") for name in table] == list(table)


def test_a_table_that_no_reader_sees_is_neither_on_the_page_nor_in_the_workbook():
    from cxlib.report import Page
    from cxlib.report.office.chapters import filled_tables

    result = Result("middle_case", {"work": pd.DataFrame({"0": [1.0], "1": [2.0]})}, (), Base(1, 1))
    assert "<table" not in Page().faces(result)["text/html"] and filled_tables(result) == {}
