"""`file`, `read`, and which rows of a table count."""

from cxlib.engagement.proposal import words
from cxlib.engagement.proposal.lines import Line
from cxlib.engagement.proposal.sources import SourceFile


def read_lines(source: SourceFile) -> list[Line]:
    """`file`, `read`, and which rows count."""
    lines = [Line("file", source.file, part=False)]
    read = [Line(key, value, source.opening.why.get(key, ""), part=False) for key, value in source.opening.read.items()] + source.more_read
    if read:
        lines.append(Line("read", read, sure=any(line.sure for line in read)))
    if others := source.opening.others:
        lines[-1].above.append(f"sheets that are not read: {', '.join(others[:8])}")
    return lines + _rows_that_count(source)


def _rows_that_count(source: SourceFile) -> list[Line]:
    layout, lines = source.layout, [line for line in source.shape if line.key in ("keep", "drop")]
    if layout is None:
        return lines + _completed(source)
    for name, choice in layout.ask.items():
        if not (column := source.first((name,))):
            continue
        key, cells = ("keep", choice.keep) if choice.keep else ("drop", choice.drop)
        rows = _rows_with(source, column, list(cells))
        rows = source.rows - rows if key == "keep" else rows
        there = [cell for cell in cells if cell in source.by_name[column].counts]
        if rows and there:
            beside = next((line for line in lines if line.key == key and line.sure), None)
            cells = dict(beside.value) if beside else {}
            cells[column] = [*cells.get(column, []), *there]
            why = f"would leave out {rows:,} of {source.rows:,}: {choice.why}" + "; in place of the line above" * (beside is not None)
            lines.append(Line(key, cells, why, sure=False))
    return lines


def _completed(source: SourceFile) -> list[Line]:
    """A column that says which answers were completed, where it holds others too."""
    for facts in source.facts:
        if words.STATUS.search(facts.name) and 2 <= facts.distinct <= 8:
            done = [cell for cell in facts.counts if words.COMPLETED.fullmatch(facts.label(cell))]
            rest = facts.rows - sum(facts.counts[cell] for cell in done)
            if done and rest:
                return [Line("keep", {facts.name: done}, f"would leave out {rest:,} of {facts.rows:,}: the others were not completed", sure=False)]
    return []


def _rows_with(source: SourceFile, column: str, cells: list[str]) -> int:
    facts = source.by_name[column]
    blank = facts.rows - facts.filled if "" in cells else 0
    return blank + sum(facts.counts.get(cell, 0) for cell in cells if cell)
