"""A `Source` of client.yml becomes a `Table`: files are asked for what is wanted, rows are chosen, columns joined and made.

What was kept, left out and made is told in `Folder.told`; what is doubtful about it stands in `Table.notes`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from types import MappingProxyType

from cxlib.engagement.folder import Folder
from cxlib.engagement.problems import DataError, Fix, Problem, errors, misspelt, nearest, stop_on_errors, written
from cxlib.engagement.settings.source import WAVE, Recode, Source
from cxlib.engagement.tables.columns import TableColumns
from cxlib.engagement.tables.forms import from_long, from_waves, one_row_per, renamed, stacked
from cxlib.engagement.tables.joins import joined_to
from cxlib.engagement.tables.recoding import column_of_answer, recoded
from cxlib.engagement.tables.rows import chosen_rows, columns, columns_of_rows, counted
from cxlib.engagement.tables.table import Table, read_table
from cxlib.engagement.tables.texts import plain


def read_source(
    folder: Folder,
    source: Source,
    key: str,
    *,
    wanted: Mapping[str, str],
    optional: Iterable[str] = (),
    called: Mapping[str, tuple[str, ...]] = MappingProxyType({}),
) -> Table:
    """Read and shape the table that the part `key` of client.yml describes.

    wanted : {column: the key of client.yml that names it}
    optional : columns that are kept where they exist
    called : {column: headings that stand for it where no column is called so}

    Raises: DataError with everything that is wrong with the file or its shape.
    """
    usual = [*source.of_layout("keep"), *source.of_layout("drop")]
    cut = folder.cut if folder.cut is not None and key in folder.cut.parts else None
    plan = _Plan(source, key, {**wanted, **({cut.column: "for_each"} if cut else {})}, (*optional, *usual, *folder.each), dict(called))
    table = _stored(folder, plan)
    table = table.noted(*_own_names(folder, table, plan))
    read = (len(table.cells), len(table.header), table.how)
    own = [column for column in table.cells if column in table.header or column == WAVE]
    table = chosen_rows(folder, source, table, key, among=own)
    if source.long is not None and not errors(table.notes):
        table = from_long(table, source.long, {*plan.needed, *plan.optional})
    elif source.waves and not isinstance(source.file, dict) and not errors(table.notes):
        table = from_waves(table, source.waves)
    for i, join in enumerate(source.join):
        if not errors(table.notes):
            table = joined_to(folder, table, join, f"{key}.join[{i}]")
    table = _recoded(folder, table, plan)
    if not errors(table.notes):
        table = chosen_rows(folder, source, table, key, among=[column for column in table.cells if column not in own])
    if source.per is not None and not errors(table.notes):
        table = one_row_per(table, source.per, source.read, plan.wanted)
    table = table if errors(table.notes) else _complete(table, plan)
    if cut is not None and not errors(table.notes):
        table = _rows_of(table, cut.column, cut.value)
    folder.told[key] = (_opening(table, *read), *table.told)
    stop_on_errors(table.notes)
    return replace(table, cells=table.cells[[name for name in table.cells if name in plan.wanted or name in plan.optional]])


def _rows_of(table: Table, column: str, value: str) -> Table:
    """The rows that say `value` in a column."""
    columns = TableColumns(table)
    said = columns.texts(column).map(lambda cell: plain(cell, ignore_case=columns.table.ignores_case))
    return table.of(said == plain(value, ignore_case=columns.table.ignores_case))


class _Plan:
    """What a table is asked for.

    wanted : what the report needs; needed : what the files must hold for it; both {column: key of client.yml}
    """

    def __init__(
        self, source: Source, key: str, wanted: dict[str, str], optional: tuple[str, ...], called: dict[str, tuple[str, ...]]
    ):
        self.source, self.key, self.wanted, self.optional, self.called = source, key, wanted, optional, called
        self.recodes = self._recodes()
        self.made = self._made()
        self.needed = self._needed()

    def _recodes(self) -> dict[str, Recode]:
        """The recodings that somebody asks for, with those that they rest on."""
        chosen = columns_of_rows(self.source, self.key)
        per = [] if self.source.per is None else [*self.source.per.sum, *self.source.per.mean, *self.source.per.a_year]
        asked = {*self.wanted, *self.optional, *chosen, *per}
        used: dict[str, Recode] = {}
        for column, recode in reversed(self.source.recode.items()):
            if column in asked or (recode.several and any(each.startswith(column_of_answer(column, "")) for each in asked)):
                used[column] = recode
                asked |= set(recode.origins)
        return dict(reversed(used.items()))

    def _made(self) -> set[str]:
        """Columns that no file holds."""
        source = self.source
        made = {column for column, recode in source.recode.items() if recode.from_ is not None}
        made |= {name for join in source.join for name in join.named}
        made |= {name for names in source.waves.values() for name in names}
        made |= {WAVE} if source.wave_names else set()
        return made | ({source.per.count} if source.per is not None and source.per.count else set())

    def _needed(self) -> dict[str, str]:
        source, key = self.source, self.key
        needed = columns_of_rows(source, key)
        needed |= {column: f"{key}.join[{i}].on" for i, join in enumerate(source.join) for column in join.on}
        for column, recode in self.recodes.items():
            for origin in recode.origins or (column,):
                needed.setdefault(origin, f"{key}.recode.{column}")
        if (per := source.per) is not None:
            named = (per.id, per.by, *per.sum, *per.mean, *per.a_year, *per.last, *per.first)
            needed |= dict.fromkeys((column for column in named if column), f"{key}.per")
        split = [column_of_answer(column, "") for column, recode in self.recodes.items() if recode.several]
        needed |= {column: role for column, role in self.wanted.items() if not column.startswith(tuple(split) or "\0")}
        needed = {column: role for column, role in needed.items() if column not in self.made}
        if (long := source.long) is not None:
            needed |= dict.fromkeys((*columns(long.respondent), long.question, long.answer), f"{key}.long")
        if not isinstance(source.file, dict):
            needed |= {origin: f"{key}.waves" for names in source.waves.values() for origin in names.values()}
        return needed


def _stored(folder: Folder, plan: _Plan) -> Table:
    """The file, or its files one below the other, with the columns that are needed."""
    source = plan.source
    if len(source.files) == 1 and not isinstance(source.file, dict) and source.long is None:
        return _called(folder, source.file, plan)
    if len(source.files) == 1 and source.long is not None:
        rows = columns_of_rows(source, plan.key)
        must = {column: role for column, role in plan.needed.items() if role == f"{plan.key}.long" or column in rows}
        return read_table(folder, *source.files.values(), read=source.read, wanted=must, optional=[*plan.needed, *plan.optional])
    tables, problems = {}, []
    for name, file in source.files.items():
        names = {origin: column for column, origin in source.waves.get(name, {}).items()}
        asked = [column for column in (*plan.needed, *plan.optional) if column not in names.values() or column in names]
        targets = {column for each in source.waves.values() for column in each} - set(names.values())
        try:
            found = read_table(folder, file, read=source.read, wanted=dict.fromkeys(names, f"{plan.key}.waves.{name}"),
                               optional=[*asked, *targets])  # fmt: skip
            tables[name] = renamed(found, names)
        except DataError as failure:
            problems += failure.problems
    stop_on_errors(problems)
    table = stacked(tables, wave=isinstance(source.file, dict))
    table = table.noted(*_lacking(tables, plan))
    stop_on_errors(table.notes)
    return replace(table, cells=table.cells.reindex(columns=[*table.cells, *_absent(table, plan)]))


def _called(folder: Folder, file: str, plan: _Plan) -> Table:
    """A file whose columns may go by other headings: those that are found so are told."""
    read = plan.source.read
    called = {column: [heading for heading in headings if heading not in plan.needed]
              for column, headings in plan.called.items() if column not in plan.made}  # fmt: skip
    if not called:
        return read_table(folder, file, read=read, wanted=plan.needed, optional=plan.optional)
    others = dict.fromkeys(heading for headings in called.values() for heading in headings)
    must = {column: role for column, role in plan.needed.items() if column not in called}
    table = read_table(folder, file, read=read, wanted=must, optional=[*plan.needed, *plan.optional, *others])
    found = {heading: column for column, headings in called.items() for heading in headings
             if heading in table.cells and column not in table.cells}  # fmt: skip
    if any(column not in table.cells and column not in found.values() for column in plan.needed):
        needed = {column: role for column, role in plan.needed.items() if column not in found.values()}
        return read_table(folder, file, read=read, wanted=needed, optional=[*plan.optional, *found])
    first = f', as {next(iter(found.values()))}: "{_short(next(iter(found)))}"' if found else ""
    told = [f"{counted(len(found), 'column')} found by the heading of its question{first}"] if found else []
    return renamed(table, found).telling(*told)


def _short(heading: str) -> str:
    return heading if len(heading) <= 60 else f"{heading[:57]}..."


def _lacking(tables: dict[str, Table], plan: _Plan) -> list[Problem]:
    """Columns that some of the files do not have (their rows are blank in it), or none of them."""
    problems = []
    long = plan.source.long
    questions = set() if long is None else set(plan.wanted) - {*columns(long.respondent), long.question, long.answer}
    targets = {name: f"{plan.key}.waves" for names in plan.source.waves.values() for name in names}
    for column, role in (targets | plan.needed).items():
        without = [table for table in tables.values() if column not in table.header]
        if without and len(without) == len(tables):
            if column not in questions:
                problems.append(_no_column(without[0], column, role, plan))
        elif without:
            near = [found for table in without if (found := nearest(column, list(table.header)))]
            rule = f"there is no such column ({role}); the others have it, and it is blank in the rows of this file"
            waves = f'`waves: {{name of the wave: {{{written(column)}: {written(near[0]) if near else "its name there"}}}}}`'
            remedy = f'Is it "{near[0]}" here? Say so under {waves}' if near else ""
            problems += [Problem(table.file, rule, remedy, column=column, severity="warning") for table in without]
    return problems


def _absent(table: Table, plan: _Plan) -> list[str]:
    return [] if plan.source.long is not None else [column for column in plan.needed if column not in table.cells]


def _own_names(folder: Folder, table: Table, plan: _Plan) -> list[Problem]:
    """Names of waves and of their columns that the file gives to columns of its own."""
    source, named = plan.source, []
    if not isinstance(source.file, dict):
        origins = {origin for names in source.waves.values() for origin in names.values()}
        named = [name for names in source.waves.values() for name in names if name not in origins]
    taken = [name for name in dict.fromkeys([*named, *([WAVE] if source.wave_names else [])]) if name in table.header]
    part = "file" if isinstance(source.file, dict) else "waves"
    other = "Choose another name for the columns of the waves" if part == "waves" else "Write the files as a list: [a.csv, b.csv]"
    return [folder.setting(f"{plan.key}.{part}", f'the file has a column "{name}" of its own', other) for name in taken]


def _recoded(folder: Folder, table: Table, plan: _Plan) -> Table:
    """The columns as they are to be read, and those made of others."""
    for column, recode in plan.recodes.items():
        if errors(table.notes) and not {*(recode.origins or (column,))} <= set(table.cells):
            continue  # what it is made of is missing because of what was told
        table = recoded(folder, table, column, recode, f"{plan.key}.recode.{column}", wanted=plan.wanted,
                        decimal=plan.source.read.decimal)  # fmt: skip
    for column in plan.source.recode.keys() - plan.recodes.keys():
        rule, remedy = "no key of client.yml asks for this column", "Name it where it is used, or remove it"
        table = table.noted(replace(folder.setting(f"{plan.key}.recode.{column}", rule, remedy), severity="warning"))
    return table


def _complete(table: Table, plan: _Plan) -> Table:
    """The table, or an error for each column that it still lacks."""
    absent = [column for column in plan.wanted if column not in table.cells]
    return table.noted(*(_no_column(table, column, plan.wanted[column], plan) for column in absent))


def _no_column(table: Table, column: str, role: str, plan: _Plan) -> Problem:
    names = [name for name in dict.fromkeys((*table.header, *table.cells)) if name]
    near = nearest(column, names)
    remedy = f'Did you mean "{near}"? Correct the name in client.yml' if near else f"The columns are: {', '.join(names[:12])}"
    right = misspelt(column, names)
    fix = (Fix(role, column, right),) if right and right not in plan.wanted else ()
    return Problem(table.file, f"there is no such column ({role})", remedy, column=column, fix=fix)


def _opening(table: Table, rows: int, headings: int, how: str) -> str:
    read = sum(column in table.header for column in table.cells)
    rest = f", {headings - read} more not read" if headings > read else ""
    return f"{table.file}: {counted(rows, 'row')}, {counted(read, 'column')}{rest} ({how})"
