"""A page of a report: how a Result is shown in a notebook, and the machine-readable face that everything else reads."""

from collections.abc import Callable, Iterable, Mapping
from copy import copy

import IPython.display
import pandas as pd
from markupsafe import Markup

from cxlib.analyses.columns import columns_of
from cxlib.analyses.result import Finding, Result
from cxlib.languages import LANGUAGES
from cxlib.report.captions import caption, note
from cxlib.report.colours import legible
from cxlib.report.language.numbers import styled
from cxlib.report.language.trade import Forms, Language
from cxlib.report.language.words import sentence
from cxlib.report.lines import base_line, definition_line, finding_line, method_line
from cxlib.report.paper import WIDE, Paper
from cxlib.report.tables import readable, table_html

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
        """Displays the findings, the named tables (all when none is named) and the base of a result.

        >>> page.show(nps)
        NPS is 34.8 in Q4 2025 (27.2 to 41.9)...
        """
        display(self.faces(result, *tables), metadata={RESULT_MIME: {"tables": list(tables or result.tables) if result.tables else []}})

    def faces(self, result: Result, *tables: str) -> dict[str, object]:
        """What `show` displays, by media type: the findings as text; with tables and base as HTML; everything as JSON."""
        shown = [self._table(result, name) for name in tables or result.tables] if result.tables else []
        return {
            "text/plain": "\n".join(self.says(finding) for finding in result.findings) or result.name,
            "text/html": NOTEBOOK_STYLE + self._html(result, shown),
            RESULT_MIME: result.to_json(),
        }

    def table(self, result: Result, name: str) -> None:
        """Displays one table of a result alone, without findings and base; nothing for an absent result.

        >>> page.table(nps, "periods")
         period   n estimate     interval...
        """
        if result.tables:
            html, columns = self._table(result, name), columns_of(result, name)
            plain = readable(result.tables[name], columns, self.language, self.currency).to_string(index=False)
            faces = {"text/plain": plain, "text/html": NOTEBOOK_STYLE + str(html)}
            display(faces, metadata={"text/html": {"kind": TABLE}})

    def draw(self, chart: Callable[..., "object"], result: Result, **options: object) -> None:
        """Displays a chart of a result as SVG whose text form is its alt text; nothing where nothing can be drawn.

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
        told = {"alt": drawn.alt, "caption": caption(chart, result, self), "narrow": drawn.narrow, "wide": note(chart).wide}
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
        table, columns = _named(result, name), columns_of(result, name)
        if not len(table) or not columns.shown(table):
            return Markup("")
        html = table_html(table, columns, self.language, self.currency)
        return Markup('<div class="table">{}</div>').format(Markup(html))

    def _method(self, result: Result) -> Markup:
        """How the figure arose, folded: definition, then method and reference."""
        if not result.method:
            return Markup("")
        told = " ".join(filter(None, (definition_line(result, self.language), method_line(result, self.language))))
        summary = self.word("How this figure arose")
        return Markup("<details><summary>{}</summary><p>{}</p></details>").format(summary, told)


def display(faces: Mapping[str, object], **options: object) -> None:
    """Shows the faces in the notebook, each by its media type; in plain Python it prints the text."""
    if IPython.get_ipython() is None:
        print(faces["text/plain"])
    else:
        IPython.display.display(dict(faces), raw=True, **options)


def _named(result: Result, name: str) -> pd.DataFrame:
    if name not in result.tables:
        raise ValueError(f"{result.name!r} has no table {name!r}; it has {', '.join(result.tables)}.")
    return result.tables[name]
