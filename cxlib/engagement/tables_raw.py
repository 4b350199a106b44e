"""What a reader of one format hands to `tables.py`."""

from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass
class Raw:
    """A table as found in a file, before its header is checked.

    header : the headings, as cells
    columns : one sequence of cells per heading; None for a column that nobody wanted
    rows : the spreadsheet row of each cell
    how : how the file was read: format, encoding, delimiter or sheet
    labels : SPSS value labels, {column: {code: label}}
    missing : codes that SPSS calls missing, {column: [{"lo": ..., "hi": ...}]}
    """

    header: list
    columns: list
    rows: Sequence[int]
    how: str
    labels: dict[str, dict] = field(default_factory=dict)
    missing: dict[str, list[dict]] = field(default_factory=dict)
