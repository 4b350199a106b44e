"""A page of a report: how a Result is shown in a notebook, and the machine-readable face that everything else reads."""

from collections.abc import Callable, Iterable, Mapping
from copy import copy
from difflib import get_close_matches
from pathlib import Path

import IPython.display
import pandas as pd
from markupsafe import Markup

from cxlib.analyses.columns import columns_of
from cxlib.analyses.result import Finding, Result
from cxlib.languages import LANGUAGES
from cxlib.report.captions import caption, note
from cxlib.report.colours import legible
from cxlib.report.drawings import framed, write
from cxlib.report.language.numbers import styled
from cxlib.report.language.trade import Forms, Language
from cxlib.report.language.words import sentence
from cxlib.report.lines import base_line, definition_line, finding_line, method_line
from cxlib.report.own_words import markdown
from cxlib.report.paper import WIDE, Paper
from cxlib.report.tables import own_table, readable, table_html

RESULT_MIME = "application/vnd.cxlib.result+json"
TABLE = "table"  # what the metadata of an output call a table that is shown alone
SVG = "image/svg+xml"
# What JupyterLab needs to show a result well; a report has a style sheet of its own instead.
NOTEBOOK_STYLE = (
    "<style>.finding{border-left:4px solid #8a96a1;padding-left:.7em;margin:.4em 0}.finding.good{border-color:#00735c}"
    ".finding.bad{border-color:#b5402a}.finding.unclear{border-left-style:dashed}.base{opacity:.7}"
    "div.table :is(th,td):not(.r){text-align:left!important}</style>\n"
)
DEFAULT_COLOUR = "#1f5f7a"


class Page:
    """Shows results in one language and in the client's colour and currency.

    language  en, da or sv
    colour    "#rrggbb" for charts
    currency  three letters, for money
    client    the name that charts and tables print
    words     {"asked": forms, "measured": forms} of what the sentences call customers and satisfaction, as
              `engagement.words` has them
    sources   {part of the client folder: file name, or "" for several}, for the line below a chart

    >>> Page(language="da", currency="DKK").number(1_250_000, "money")
    '1.250.000\xa0DKK'
    """

    def __init__(
        self,
        *,
        language: str = "en",
        colour: str | None = None,
        currency: str | None = None,
        client: str = "",
        words: Mapping[str, Forms] | None = None,
        sources: Mapping[str, str] | None = None,
    ):
        if language not in LANGUAGES:
            raise ValueError(f"language is {language!r}; reports speak {', '.join(LANGUAGES)}.")
        self.language, self.currency, self.client = Language(language, words), currency, client
        self.colour = legible(colour or DEFAULT_COLOUR)
        self.sources = dict(sources or {})
        self.paper = WIDE
        shell = IPython.get_ipython()
        if shell is not None:  # a Result on the last line of a cell is shown as `show` shows it
            shell.display_formatter.mimebundle_formatter.for_type(Result, lambda result, **_: self.faces(result))

    def on(self, paper: Paper) -> "Page":
        """The same page, for charts that are drawn on another paper."""
        other = copy(self)
        other.paper = paper
        return other

    def show(self, result: Result, *tables: str) -> None:
        """Displays the findings, the named tables (all when none is named; those that the result could give) and the base of a result.

        >>> page.show(nps)
        NPS is 34.8 in Q4 2025 (27.2 to 41.9)...
        """
        display(self.faces(result, *tables), metadata={RESULT_MIME: {"tables": _there(result, tables)}})

    def faces(self, result: Result, *tables: str) -> dict[str, object]:
        """What `show` displays, by media type: the findings as text; with tables and base as HTML; everything as JSON."""
        shown = [self._table(result, name) for name in _there(result, tables)]
        return {
            "text/plain": "\n".join(self.says(finding) for finding in result.findings) or result.name,
            "text/html": NOTEBOOK_STYLE + self._html(result, shown),
            RESULT_MIME: result.to_json(),
        }

    def table(self, shown: Result | pd.DataFrame, name: str = "", *, title: str = "", styles: Mapping[str, str] | None = None) -> None:
        """Displays one table of a result alone, without findings and base, or a table of one's own; nothing where the result could not give it.

        name    of the table of a result
        title   of a table of one's own
        styles  {column: number style} of a table of one's own, as in `number`: {"share": "percent"}; a blank is "–"

        >>> page.table(nps, "periods")
         period   n estimate     interval...
        """
        if isinstance(shown, pd.DataFrame):
            self._own_table(shown, title or name, styles or {})
        elif _there(shown, (name,)):
            html, columns = self._table(shown, name), columns_of(shown, name)
            plain = readable(shown.tables[name], columns, self.language, self.currency).to_string(index=False)
            faces = {"text/plain": plain, "text/html": NOTEBOOK_STYLE + str(html)}
            display(faces, metadata={"text/html": {"kind": TABLE}})

    def _own_table(self, table: pd.DataFrame, title: str, styles: Mapping[str, str]) -> None:
        html, texts = own_table(table, styles, self.language, self.currency)
        head = Markup("<h4>{}</h4>\n").format(title) if title else ""
        plain = f"{title}\n{texts.to_string(index=False)}".strip()
        display({"text/plain": plain, "text/html": Markup('{}<div class="table">{}</div>').format(head, Markup(html))})

    def figure(self, figure: object, *, alt: str, source: str = "", save: str | Path = "") -> None:
        """Displays a figure of one's own, of matplotlib or seaborn, in the look of the report.

        figure  a matplotlib figure, or what seaborn gives: axes or a grid
        alt     what it shows, in a sentence with its figures, for those who cannot see it
        source  what it rests on
        save    a file that it is written to as well: .svg, .png or .pdf

        >>> page.figure(sns.countplot(responses, y="produkt"), alt="El 975, fjernvarme 416, gas 331.", source="survey.csv")
        El 975, fjernvarme 416, gas 331.
        """
        from cxlib.report.charts.canvas import own_figure

        if not alt.strip():
            raise ValueError('a figure needs words, too: page.figure(figure, alt="what it shows, with its figures").')
        svg = own_figure(figure, alt, self)
        told = {"alt": alt, "caption": self.word("Source: {sources}.", sources=source) if source else "", "narrow": "", "wide": True}
        if save:
            write(framed(svg, told["caption"]), Path(save))
        display({"text/plain": alt, SVG: svg}, metadata={SVG: told})

    def note(self, text: str) -> None:
        """Displays words of one's own, in Markdown; a link is printed with its address.

        >>> page.note("Prices rose on **1 March**.")
        Prices rose on **1 March**.
        """
        display({"text/plain": text, "text/html": f'<div class="own">{markdown(text)}</div>'})

    def draw(self, chart: Callable[..., "object"], result: Result, *, save: str | Path = "", **options: object) -> None:
        """Displays a chart of a result as SVG whose text form is its alt text; nothing where nothing can be drawn.

        save    a file that the chart is written to as well: .svg, .png or .pdf

        What a report prints with it goes along as metadata: source, n and interval, the drawing for a narrow column, and
        whether the chart needs the whole width in print.

        >>> page.draw(charts.over_time, nps)
        NPS by period: Q1 2024: 2.0 (−8.7 to 12.7) … Q4 2025: 34.8 (27.2 to 41.9).
        """
        from cxlib.report.charts.canvas import picture  # matplotlib takes a second to import

        if result.absent or not result.tables:
            return
        drawn = picture(chart, result, self, **options)
        if drawn is None:
            return
        name = f"{result.name}.{getattr(chart, '__name__', 'chart')}"
        told = {"alt": drawn.alt, "caption": caption(chart, result, self), "name": name, "narrow": drawn.narrow, "wide": note(chart).wide}
        if save:
            write(framed(drawn.wide, told["caption"]), Path(save))
        display({"text/plain": drawn.alt, SVG: drawn.wide}, metadata={SVG: told})

    def what_if(self, answer: Callable[[Mapping], Result], ranges: Mapping[str, tuple[float, float, float]]) -> None:
        """Shows `answer({name: value})`, a Result, with a slider for each name; let go of one, and it is there anew.

        ranges  {name: (least, now, most)}
        Without ipywidgets, and where nobody watches (papermill, nbval, cx), it is shown for the middle numbers: change
        them in the cell and run it again. What it shows never becomes part of a report.

        >>> page.what_if(lambda now: status.satisfied_share(responses, replace(survey.rating, **now)), {"top": (1, 3, 5)})
        Share of satisfied customers is 91.7% (90.4% to 92.8%)...
        """
        from cxlib.report.sliders import can_slide, show_sliders

        def show(**values: float) -> None:
            faces = self.faces(answer(values))
            display({kind: faces[kind] for kind in ("text/plain", "text/html")})

        if ranges and can_slide():
            show_sliders(show, ranges)
        else:
            show(**{name: now for name, (_, now, _) in ranges.items()})

    def says(self, finding: Finding) -> str:
        """The finding as a sentence in the reader's language."""
        return finding_line(finding, self.language, self.currency)

    def word(self, message: str, **values: object) -> str:
        """A word or phrase of ours in the reader's language."""
        return sentence(message, values, self.language, self.currency)

    def number(self, value: object, style: str) -> str:
        """A number as the reader writes it; styles as in `report/numbers.py`."""
        return styled(value, style, self.language, self.currency)

    def _html(self, result: Result, tables: Iterable[Markup]) -> str:
        findings = [Markup('<p class="finding {}">{}</p>').format(f.tone, self.says(f)) for f in result.findings]
        if result.absent:
            return str(Markup("\n").join(findings))
        shown = filter(None, tables)
        base = Markup('<p class="base">{}</p>').format(base_line(result.base, self.language))
        return str(Markup("\n").join([*findings, *shown, base, self._method(result)]))

    def _table(self, result: Result, name: str) -> Markup:
        """A table as HTML; "" where it has no row or none of its columns is for readers."""
        table, columns = result.tables[name], columns_of(result, name)
        if not len(table) or not columns.shown(table):
            return Markup("")
        html = table_html(table, columns, self.language, self.currency)
        return Markup('<div class="table">{}</div>').format(Markup(html))

    def _method(self, result: Result) -> Markup:
        """How the figure arose, folded: definition, then method and reference."""
        if not result.method:
            return Markup("")
        told = " ".join(filter(None, (definition_line(result, self.language), method_line(result, self.language))))
        summary = self.word("How the figure is computed")
        return Markup("<details><summary>{}</summary><p>{}</p></details>").format(summary, told)


def display(faces: Mapping[str, object], **options: object) -> None:
    """Shows the faces in the notebook, each by its media type; in plain Python it prints the text."""
    if IPython.get_ipython() is None:
        print(faces["text/plain"])
    else:
        IPython.display.display(dict(faces), raw=True, **options)


def _there(result: Result, names: Iterable[str]) -> list[str]:
    """The named tables (all when none is named) that the result has: one that says why it cannot tell gives fewer of them.

    Raises ValueError where a name is one of them, misspelled.
    """
    for name in set(names) - result.tables.keys():
        if near := get_close_matches(name, result.tables, 1, 0.8):
            raise ValueError(f"{result.name!r} has no table {name!r}; did you mean {near[0]!r}? It has {', '.join(result.tables)}.")
    return [name for name in names or result.tables if name in result.tables]
