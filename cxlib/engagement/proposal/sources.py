"""A file as the proposal sees it: its layout, how it is read, what its columns hold and what they have in common."""

import re
from collections import Counter
from dataclasses import dataclass, field, replace
from functools import cached_property

import pandas as pd

from cxlib.engagement.folder import Folder
from cxlib.engagement.problems import DataError, Problem
from cxlib.engagement.proposal.codes import without_codes
from cxlib.engagement.proposal.facts import Facts, facts_of
from cxlib.engagement.proposal.lines import Line
from cxlib.engagement.proposal.opening import Opening, opened
from cxlib.engagement.proposal.scales import AskedScale, scale_of, with_own_codes
from cxlib.engagement.proposal.shapes import keeping, reshaped, rows_where, that_say_nothing, without
from cxlib.engagement.settings.layouts import SurveyLayout, layouts, plain
from cxlib.engagement.settings.reading import Read
from cxlib.engagement.tables.cells import text
from cxlib.engagement.tables.forms import stacked
from cxlib.engagement.tables.periods import in_time_order
from cxlib.engagement.tables.raw import ReadOtherwise
from cxlib.engagement.tables.table import Table, read_table

_GRID = re.compile(r"^(?P<stem>.+?):? ?\[(?P<item>[^\]]+)\]$")
_NUMBERED = re.compile(r"^(?P<stem>.*[^\W\d_]\D*?|.*?\d)[ _.\-]?(?P<item>\d{1,2}|(?<=\d)[a-h])$")
_CODED = re.compile(r"^(?P<stem>[A-Za-z]{1,3}\d{1,2})(?P<item>[A-Z_]{2,}[A-Za-z0-9_]*)$")
_CAMEL = re.compile(r"[A-ZÆØÅÄÖ][a-zæøåäö]+|[A-Z]+(?![a-z])")
_READINGS = 6
_SAYS_NOTHING = re.compile(r"(q|v|d|sp|spm|spg|s|item|question|spørgsmål|fråga|var|x|y)[ _.]?", re.IGNORECASE)


@dataclass(frozen=True)
class Stem:
    """What a question's heading shares with others: the stem, what is its own, and how it was told."""

    stem: str
    item: str
    how: str  # grid, joined, numbered, coded, words


@dataclass
class SourceFile:
    """One table among the files that a proposal is made from."""

    file: str | dict[str, str]
    opening: Opening
    facts: list[Facts]
    how: str = ""
    problems: tuple[Problem, ...] = ()
    rows: int = 0
    by_name: dict[str, Facts] = field(default_factory=dict)
    table: Table | None = None
    stored: int = 0  # rows as the file has them
    shape: list[Line] = field(default_factory=list)  # `keep`, `drop`, `long` and `waves`
    nobody: str = ""  # why its rows are not respondents
    more_read: list[Line] = field(default_factory=list)  # keys of `read` that the roles of its columns ask for

    @property
    def name(self) -> str:
        """The file's name, or those of several."""
        return self.file if isinstance(self.file, str) else " and ".join(self.file.values())

    def take(self, table: Table) -> None:
        """Takes the rows that count, in the shape of a row for each respondent, as what the columns are told from."""
        known = {plain(name): name for name in table.cells}
        self.shape = []
        for key, named in (("keep", self.layout.keep), ("drop", self.layout.drop)) if self.layout else ():
            for heading, cells in named.items():
                if (column := known.get(plain(heading))) is None:
                    continue
                rows = rows_where(table, column, cells)
                there = [cell for cell in cells if rows_where(table, column, [cell]).any()]
                gone = ~rows if key == "keep" else rows
                if gone.any() and not gone.all() and there:
                    self.shape.append(Line(key, {column: there}, f"{int(gone.sum()):,} rows that are no answers ({self.layout.name})", columns=(column,)))
                    table = keeping(table, ~gone)
        if "missing" in Read.model_fields:
            nothing = that_say_nothing(table)
            declared = list(self.opening.read.get("missing", []))
            if further := [token for token in nothing if token not in declared]:
                self.opening.read["missing"] = [*declared, *further]
                self.opening.why["missing"] = "cells that say nothing"
            table = without(table, [*declared, *nothing])
        table, lines, self.nobody = reshaped(table)
        self.shape += lines
        titles = {column: title for column, title in self.opening.titles.items() if title and title != column}
        self.table, self.rows = table, len(table.cells)
        self.facts = facts_of(table, titles, self.opening.read.get("decimal"))
        self.by_name = {each.name: each for each in self.facts}

    @property
    def layout(self) -> SurveyLayout | None:
        """The layout of the program that wrote the file."""
        return layouts().get(self.opening.layout)

    @cached_property
    def scales(self) -> dict[str, AskedScale]:
        """{column: the scale it was answered on}, of the columns that may be questions."""
        found = {each.name: scale_of(each) for each in self.facts if not self.is_of_the_program(each.name)}
        scales = {name: replace(scale, doubt=scale.doubt or self.nobody) for name, scale in found.items() if scale is not None}
        doubted = [name for name, scale in scales.items() if scale.doubt and not scale.values]
        if len(doubted) > 1:
            scales = without_codes(scales, pd.DataFrame({name: self.numbers(name, scales[name]) for name in doubted}))
        return with_own_codes(scales)

    @cached_property
    def stems(self) -> dict[str, Stem]:
        """{column: what it shares with other questions}"""
        return _stems(self, [each for each in self.facts if each.name in self.scales])

    def numbers(self, name: str, scale: AskedScale | None = None) -> pd.Series:
        """The answers of a column as numbers, without codes; for links between columns."""
        scale = scale or self.scales[name]
        values = dict(scale.values)
        labelled = {code for codes in (scale.dont_know, scale.not_applicable) for code in codes}

        def number(cell: object) -> float | None:
            said = text(cell)
            if not said or said in labelled:
                return None
            try:
                found = values.get(said) if said in values else float(said.replace(",", ".")) + scale.shift
            except ValueError:
                return None
            return found if found is not None and scale.low <= found <= scale.high else None

        distinct = {cell: number(cell) for cell in self.table.cells[name].dropna().unique()}
        return self.table.cells[name].map(distinct).astype(float)

    def first(self, names: tuple[str, ...]) -> str:
        """The first of the headings of a layout that the file has, as the file writes it; or ""."""
        there = {plain(name): name for name in self.by_name}
        return next((there[plain(name)] for name in names if plain(name) in there), "")

    def all(self, names: tuple[str, ...]) -> list[str]:
        """Those of the headings of a layout that the file has."""
        wanted = {plain(name) for name in names}
        return [name for name in self.by_name if plain(name) in wanted]

    def is_of_the_program(self, name: str) -> bool:
        """Whether the layout says that a column is the program's, or about the person."""
        layout = self.layout
        if layout is None:
            return False
        known = {plain(each) for each in (*layout.person, *layout.technical)}
        return plain(name) in known or name.startswith(layout.begins) or name.endswith(layout.ends)


def source_file(folder: Folder, name: str) -> SourceFile:
    """The file `name` of the folder, read as far as it can be; a file that cannot be read has `problems` and no facts."""
    found = Opening()
    try:
        found = opened(folder.read(name), name)
        table, found = _table(folder, name, found)
    except DataError as failure:
        return SourceFile(name, found, [], problems=failure.problems)
    source = SourceFile(name, found, [], table.how, table=table, stored=len(table.cells))
    source.take(table)
    return source


def of_several(sources: list["SourceFile"], waves: list[str]) -> "SourceFile":
    """Files of the same headings, a wave each, as one table."""
    names = in_time_order(waves) or waves
    ordered = [sources[waves.index(name)] for name in names]
    table = stacked({name: source.table for name, source in zip(names, ordered, strict=True)}, wave=True)
    first = ordered[0]
    made = SourceFile({name: source.file for name, source in zip(names, ordered, strict=True)}, first.opening, [], first.how, table=table, stored=len(table.cells))
    made.take(table)
    return made


def _table(folder: Folder, name: str, found: Opening) -> tuple[Table, Opening]:
    """The table, read otherwise as often as a reader says how; and the opening with what it said."""
    read = Read.model_validate({key: value for key, value in found.read.items() if key in Read.model_fields})
    why = dict(found.why)
    for _ in range(_READINGS):
        try:
            table = read_table(folder, name, read=read)
            break
        except DataError as failure:
            otherwise = [problem for problem in failure.problems if isinstance(problem, ReadOtherwise)]
            if not otherwise or otherwise[0].read == read:
                raise
            told = otherwise[0]
            changed = [key for key in Read.model_fields if getattr(told.read, key) != getattr(read, key)]
            why |= dict.fromkeys(changed, told.rule)
            read = told.read
    else:
        table = read_table(folder, name, read=read)
    keys = {key: _written(value) for key, value in read.model_dump(exclude_defaults=True).items()}
    return table, replace(found, read=keys, why={key: why[key] for key in keys if key in why})


def _written(value: object) -> object:
    """A key of `read` as one writes it."""
    if isinstance(value, tuple):
        return value[0] if len(value) == 1 and isinstance(value[0], int) else list(value)
    return value


def _stems(source: SourceFile, asked: list[Facts]) -> dict[str, Stem]:
    """For each question the kind of stem that it shares with most others, grids before numbers before words."""
    ways = [_of_a_grid(source), _joined(source), _numbered, _coded, _first_word, _last_words]
    found: dict[str, Stem] = {}
    for way in ways:
        told = {each.name: stem for each in asked if each.name not in found and (stem := way(each)) is not None}
        times = Counter(stem.stem for stem in told.values())
        if told and way is ways[0]:  # a row of a grid stays one where its other rows are no questions on a known scale
            times = Counter(stem.stem for each in source.facts if (stem := way(each)) is not None)
        single = {stem for stem in times if len(stem) == 1}
        least = 3 if way is _last_words else 2
        for name, stem in told.items():
            nothing = _SAYS_NOTHING.fullmatch(stem.stem) and len(single) < 2
            if times[stem.stem] >= least and not nothing:
                found[name] = stem
    return found


def _of_a_grid(source: SourceFile):
    pattern = re.compile(source.layout.grid) if source.layout and source.layout.grid else _GRID

    def way(facts: Facts) -> Stem | None:
        for heading in (facts.name, facts.title):
            if match := pattern.match(heading):
                return Stem(match["stem"].strip(), match["item"].strip(), "grid")
        return None

    return way


def _joined(source: SourceFile):
    def way(facts: Facts) -> Stem | None:
        for heading in (facts.title, facts.name):
            stem, dash, item = heading.rpartition(" - ")
            if dash and len(stem) > 3 and not any(heading.endswith(end) for end in (source.layout.cut if source.layout else ())):
                return Stem(stem.strip(), item.strip(), "joined")
        return None

    return way


def _numbered(facts: Facts) -> Stem | None:
    for heading in (facts.title, facts.name):
        match = _NUMBERED.match(heading) if 0 < len(heading) <= 60 else None
        if match and match["stem"].strip():
            return Stem(match["stem"].strip(" _.-"), facts.title or heading, "numbered")
    return None


def _coded(facts: Facts) -> Stem | None:
    match = _CODED.match(facts.name)
    return Stem(match["stem"], facts.title or match["item"], "coded") if match else None


def _first_word(facts: Facts) -> Stem | None:
    words = _CAMEL.findall(facts.name)
    if len(words) > 1 and "".join(words) == facts.name:
        return Stem(words[0], " ".join(words[1:]), "words")
    head, dash, tail = facts.name.partition("_")
    return Stem(head, tail, "words") if dash and len(head) > 1 and tail else None


def _last_words(facts: Facts) -> Stem | None:
    words = _CAMEL.findall(facts.name)
    return Stem(words[-1], " ".join(words[:-1]), "words") if len(words) > 1 and "".join(words) == facts.name else None
