"""The rows and the shape of a table before its columns are looked at: what says nothing, rows that do not count, waves, answers a row."""

import re
from collections.abc import Iterable
from dataclasses import replace

import pandas as pd

from cxlib.engagement.problems import errors
from cxlib.engagement.proposal import words
from cxlib.engagement.proposal.lines import Line
from cxlib.engagement.settings.source import WAVE, Long
from cxlib.engagement.tables.cells import numbers, text
from cxlib.engagement.tables.forms import from_long, from_waves
from cxlib.engagement.tables.periods import in_time_order
from cxlib.engagement.tables.table import Table

_ERRORS = {"#N/A", "#I/T", "#NULL!", "NULL", "NaN", "nan", "#VALUE!", "#VÆRDI!", "#VÄRDEFEL!", "#REF!", "#REFERENCE!", "#DIV/0!", "#NUM!", "#SAKNAS!", "(blank)", "(tom)"}
_PERHAPS = {"NA", "-", ".", "None", "Blank", "blank", "n/a", "N/A"}  # where they also stand among numbers
_YEAR = r"(?:19|20)\d{2}"
_WAVE_NAME = rf"{_YEAR}(?:[ _-]?[QHK]\d)?|Q[1-4][ _-]?{_YEAR}|(?:wave|w|bølge|våg|måling|mätning|runde) ?\d{{1,2}}"
_WAVES = re.compile(rf"^(?P<stem>.*[^\W_])[ _.-](?P<wave>{_WAVE_NAME})$|^(?P<first>{_WAVE_NAME})[ _.-](?P<last>.*[^\W_])$", re.IGNORECASE)
_NARROW = 8  # columns of a table that holds answers and little else
_MOST_QUESTIONS = 200
_MOST_CELLS = 5_000_000  # of a table that is turned without being asked for
_EVERYWHERE = 3  # columns in which NA stands in place of blanks
_LOOK = 3000  # rows among which cells that say nothing are looked for


def that_say_nothing(table: Table) -> list[str]:
    """Cells that a program writes for "nothing": errors of spreadsheets anywhere, NA and its like where they stand among numbers or for all blanks."""
    found: dict[str, bool] = {}
    if (table.cells.iloc[:_LOOK].isin(["NA"]).any().sum() >= _EVERYWHERE) and not table.cells.iloc[:_LOOK].isna().any(axis=None):
        found["NA"] = True  # R writes no blank
    for column in table.cells:
        cells = {text(cell) for cell in table.cells[column].iloc[:_LOOK].dropna().unique()[:200]} - {""}
        for token in cells & (_ERRORS | _PERHAPS):
            others = cells - _ERRORS - _PERHAPS
            told = numbers(list(others))
            among_numbers = bool(told) and sum(isinstance(number, float) for number in told) >= 0.9 * len(told)
            found[token] = found.get(token, False) or token in _ERRORS or among_numbers
    return sorted(token for token, sure in found.items() if sure)


def without(table: Table, tokens: Iterable[str]) -> Table:
    """The table with these cells blank."""
    gone = set(tokens)
    if not gone:
        return table
    cells = table.cells.apply(lambda column: column.where(~column.map(lambda cell: isinstance(cell, str) and cell.strip() in gone), None))
    return replace(table, cells=cells)


def rows_where(table: Table, column: str, cells: Iterable[str]) -> pd.Series:
    """Which rows hold one of the cells; "" is the blank one."""
    wanted = set(cells)
    return table.cells[column].map(lambda cell: text(cell) in wanted)


def keeping(table: Table, rows: pd.Series) -> Table:
    """The table with these rows alone."""
    return table if rows.all() else replace(table, cells=table.cells[rows.to_numpy()])


def reshaped(table: Table) -> tuple[Table, list[Line], str]:
    """A row for each respondent, where the table has a row for each answer or waves side by side; the lines that say so;
    and why the rows are not respondents, where nothing tells whose answers they are."""
    question, answer = _question_and_answer(table)
    if question and (person := _person(table, question, answer)):
        long = {"respondent": person, "question": question, "answer": answer}
        if (made := _turned(table, long)) is not None:
            asked = table.cells[question].nunique()
            why = f"one answer a row: {len(table.cells):,} answers to {asked} questions"
            return made, [Line("long", long, why, columns=tuple(long.values()))], ""
    if waves := _side_by_side(table):
        made = from_waves(table, waves)
        return made, [Line("waves", waves, f"{len(waves)} waves side by side", columns=tuple(name for each in waves.values() for name in each.values()))], ""
    return _of_nobody(table, question, answer) if question else (table, [], "")


def _question_and_answer(table: Table) -> tuple[str, str]:
    """The columns of the question and of the answer, where a row is an answer; else nothing."""
    names = list(table.cells)
    question = next((name for name in names if words.QUESTION.search(name)), "")
    answer = next((name for name in names if words.ANSWER.search(name) and name != question), "")
    return (question, answer) if question and answer else ("", "")


def _person(table: Table, question: str, answer: str) -> str:
    """The column that says whose an answer is, where several rows are of one respondent."""
    names = list(table.cells)
    person = next((name for name in names if words.RESPONDENT.search(name) and name not in (question, answer)), "")
    if not person:
        return ""
    distinct, people = table.cells[question].nunique(), table.cells[person].nunique()
    fits = 1 < distinct < 0.5 * len(table.cells) and people < (len(table.cells) if len(names) <= _NARROW else 0.5 * len(table.cells))
    return person if fits else ""


def _turned(table: Table, long: dict[str, str]) -> Table | None:
    """A column for each question, and a row for each respondent."""
    settings = Long.model_validate(long)
    asked = {text(cell) for cell in table.cells[settings.question].dropna().unique()}
    made = from_long(table, settings, {*table.header, *asked})
    if errors(made.notes):
        return None
    return replace(made, cells=made.cells.drop(columns=[settings.question, settings.answer], errors="ignore"))


def _of_nobody(table: Table, question: str, answer: str) -> tuple[Table, list[Line], str]:
    """A row for each answer that no column gives a respondent; turned by the answers' own ids, where they have some."""
    distinct = table.cells[question].nunique()
    if not 1 < distinct <= _MOST_QUESTIONS or distinct > 0.1 * len(table.cells):
        return table, [], ""
    why = f'one answer a row, to {distinct} questions in "{question}", and no column says which rows are of one respondent'
    remedy = "ask for the export with a row or an id for each"
    own = next((name for name in table.cells if words.RESPONDENT.search(name) and table.cells[name].notna().all() and table.cells[name].is_unique), "")
    if own and distinct * len(table.cells) <= _MOST_CELLS:
        long = {"respondent": own, "question": question, "answer": answer}
        if (made := _turned(table, long)) is not None:
            nobody = f'{why}: "{own}" is another in every row; {remedy}. As it is, answers are counted for respondents, and a group of too few people could be shown'
            return made, [Line("long", long, "each answer stands for a respondent of its own", sure=False, columns=tuple(long.values()))], nobody
    return table, [], f"{why}: {remedy}, then say `long`"


def _side_by_side(table: Table) -> dict[str, dict[str, str]]:
    waves: dict[str, dict[str, str]] = {}
    for name in table.cells:
        if match := _WAVES.match(name):
            wave, stem = match["wave"] or match["first"], match["stem"] or match["last"]
            cells = [cell for cell in table.cells[name].dropna().unique()[:50] if text(cell)]
            if cells and all(isinstance(number, float) for number in numbers(cells)):
                waves.setdefault(wave, {})[stem.strip(" _.-")] = name
    stems = {stem for columns in waves.values() for stem in columns}
    if len(waves) < 2 or not stems or any(columns.keys() != stems for columns in waves.values()) or stems & set(table.cells) or WAVE in table.cells:
        return {}
    return {wave: waves[wave] for wave in in_time_order(waves) or waves}


def wave_names(files: list[str]) -> list[str]:
    """What the names of files of the same kind tell apart: 2024 and 2025 of wave2024.csv and wave2025.csv."""
    stems = [re.sub(r"(\.[A-Za-z]{2,5}){1,2}$", "", name) for name in files]
    dated = [re.findall(rf"{_YEAR}(?:[ _-]?[QHK]\d)?|Q[1-4][ _-]?{_YEAR}", stem) for stem in stems]
    if all(len(each) == 1 for each in dated) and len({each[0] for each in dated}) == len(files):
        return [each[0] for each in dated]
    return stems if len(set(stems)) == len(stems) else files

