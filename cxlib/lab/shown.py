"""What a cell of a notebook shows to the consultant: as plain text, and as HTML."""

from collections.abc import Iterable
from dataclasses import dataclass

from markupsafe import Markup

from cxlib.engagement.fixes import Change
from cxlib.engagement.looking import Look
from cxlib.engagement.problems import as_told
from cxlib.engagement.proposal.draft import Draft, ProposedKey
from cxlib.engagement.proposal.lines import flow, one_line
from cxlib.engagement.proposal.settings_text import MARK, as_read
from cxlib.report.templates import filled

_LONGEST = 60  # letters of what several lines say, shown as one
_STYLE = Markup(
    "<style>.cx-lab th,.cx-lab td{text-align:left!important;vertical-align:top;padding:.15em .8em .15em 0}.cx-lab .why{opacity:.75}"
    ".cx-lab pre{line-height:1.35}.cx-lab .came{color:#00735c}.cx-lab .went{color:#b5402a}.cx-lab td.key{white-space:nowrap}</style>\n"
)


@dataclass(frozen=True)
class NotebookText:
    """Plain text, and the same as HTML."""

    text: str
    html: Markup

    def __repr__(self) -> str:
        return self.text

    def _repr_html_(self) -> str:
        return Markup('{}<div class="cx-lab">{}</div>').format(_STYLE, self.html)


def lines(told: Iterable[str]) -> NotebookText:
    """Lines as they are."""
    text = "\n".join(told)
    return NotebookText(text, Markup("<pre>{}</pre>").format(text))


def looks(seen: Iterable[Look]) -> NotebookText:
    """What files hold, each folded."""
    seen = list(seen)
    html = Markup("").join(
        Markup("<details{}><summary>{}: {:,} rows, {} columns</summary>{}{}</details>").format(
            Markup(" open" if len(seen) == 1 else ""), each.file, each.rows, len(each.columns),
            Markup("").join(Markup("<p>{}</p>").format(note) for note in (each.how, *each.notes)), _columns(each))
        for each in seen)  # fmt: skip
    return NotebookText("\n\n".join("\n".join(each.lines) for each in seen), html)


def _columns(seen: Look) -> Markup:
    """A row for each column; the questions' texts where the file has any."""
    asked = any(column.question for column in seen.columns)
    headings = ["column", "holds", "blank", "values that at least 5 rows share", *["question"] * asked]
    rows = [[each.name, each.holds, each.blank, each.examples, *[each.question] * asked] for each in seen.columns]
    return Markup(filled("table.html.j2", headings=headings, right=[], rows=rows))


def proposal(draft: Draft) -> NotebookText:
    """The proposed lines: whether they count, what they say, on which evidence, and how the column will be read."""
    rows = [(key, state(key), draft.preview(key)) for key in shown_keys(draft)]
    text = []
    for key, stands, preview in rows:
        text.append(f"{stands:<9} {key.key}: {value(key)}" + f"   # {evidence(key)}" * bool(evidence(key)))
        text += [f"{'':<9} {' ' * len(key.path)} {more}" for more in (*alternatives(key), f"read as {preview}" if preview else "") if more]
    cells = [[stands, "\u2003" * (len(key.path) - 1) + key.path[-1], "; ".join([value(key), *alternatives(key)]), evidence(key), preview]
             for key, stands, preview in rows]  # fmt: skip
    headings = ["", "key", "value", "evidence", "will be read as"]
    return NotebookText("\n".join(text), Markup(filled("table.html.j2", headings=headings, right=[], rows=cells)))


def shown_keys(draft: Draft) -> list[ProposedKey]:
    """The lines that somebody decides on: of a block that is not taken the block alone, `items` by what stands below it."""
    keys = draft.keys
    closed = [key.path for key in keys if not key.taken]
    return [key for key in keys if key.path[-1] != "items" and not any(key.path[: len(path)] == path != key.path for path in closed)]


def state(key: ProposedKey) -> str:
    """Whether the line counts: taken, ? where that is to be decided, left out, named elsewhere."""
    return "taken" if key.taken else "elsewhere" if key.elsewhere else "left out" if key.certain else "?"


def evidence(key: ProposedKey) -> str:
    """What speaks for the line, or against it."""
    return f"client.yml names it at {key.elsewhere}" if key.elsewhere else one_line(key.ways[0].why)


def value(key: ProposedKey) -> str:
    """What the line says now, or would say: of a block its label, of a part its file."""
    return brief(key.says) if key.taken else brief(as_read(key.ways[0]))


def brief(says: object) -> str:
    """A value on one line; of several lines the one that names them."""
    if not isinstance(says, dict) or "column" in says:
        return flow(says)
    whole = flow(says)
    return next((flow(says[name]) for name in ("label", "file") if name in says), whole if len(whole) <= _LONGEST else f"{len(says)} lines")


def alternatives(key: ProposedKey) -> list[str]:
    """The other ways to write the line, each with its evidence."""
    now = key.says if key.taken else as_read(key.ways[0])
    others = [way for way in key.ways if not way.below and as_read(way) != now]
    return [f"or {flow(way.value)}" + f" ({one_line(way.why)})" * (bool(way.why) and way is not key.ways[0]) for way in others]


def checked(draft: Draft) -> NotebookText:
    """What `cx check` says of the client's folder."""
    problems, read = draft.checked()
    return lines(as_told(draft.client, problems, read))


def difference(change: Change) -> NotebookText:
    """What is to change in client.yml; a new one whole."""
    if not change.before:
        told = lines(row for row in change.after.splitlines() if row.strip() and (not row.startswith("#") or row.startswith(MARK)))
        head = f"{change.file} is new; beside these lines it explains every other key:"
        return NotebookText(f"{head}\n{told.text}", Markup("<p>{}</p>{}").format(head, told.html))
    if change.before == change.after:
        return lines([f"{change.file} stays as it is"])
    rows = change.diff.splitlines()
    kinds = {"+": "came", "-": "went"}
    html = Markup("\n").join(Markup('<span class="{}">{}</span>').format(kinds.get(row[:1], ""), row) for row in rows)
    return NotebookText("\n".join(rows), Markup("<pre>{}</pre>").format(html))
