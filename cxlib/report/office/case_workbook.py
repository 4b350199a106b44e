"""A business case as a workbook with live formulas: switch an initiative off, change an input, and the value follows."""

import ast
import io
import operator
import re
from collections.abc import Iterable, Mapping

import xlsxwriter
from xlsxwriter.utility import xl_cell_to_rowcol, xl_col_to_name, xl_rowcol_to_cell

from cxlib.analyses.result import Result, Term
from cxlib.analyses.units import Unit
from cxlib.report.language.numbers import NO_BREAK
from cxlib.report.language.words import sentence, translated
from cxlib.report.office.chapters import clean
from cxlib.report.office.excel_cells import unused
from cxlib.report.office.workbook import BOOK, FIXED, FORMULA_SIGNS, SOFT, sheet_names
from cxlib.report.page import Page
from cxlib.stats.rounding import six_digits

PARTS = {
    "retention": Term("Customers stay longer"),
    "spend": Term("Customers bring in more margin"),
    "cost_to_serve": Term("Customers cost less to serve"),
    "acquisition_saved": Term("Fewer customers to replace"),
}
COST = Term("Cost of the initiatives")
CERTAIN = {
    "customers": (Term("All customers"), "#,##0"),
    "horizon": (Term("Horizon"), "0"),
    "rate": (Term("Discount rate a year"), "0.0%"),
    "replaced": (Term("Share of leaving customers who are replaced"), "0.0%"),
    "acquisition_cost": (Term("Cost of winning a new customer"), "#,##0"),
    "tax": (Term("Tax"), "0.0%"),
}
UNITS = {  # by key, or by the part of it before the last "_"
    "customers": Term("customers"),
    "horizon": Term("years, {least:count} to {most:count}"),
    "rate": Term("per year"),
    "replaced": Term("of customers leaving"),
    "acquisition_cost": Term("{currency} per customer"),
    "tax": Term("of the result"),
    "leaving_middle": Term("of the customers per year"),
    "leaving": Term("percentage points"),
    "margin": Term("{currency} per customer and year"),
    "service_cost": Term("{currency} per customer and year"),
    "causal_share": Term("of the link"),
    "cost_factor": Term("times the planned cost"),
    "score_per_point": Term("points of the score"),
    "at": Term("of the customers"),
    "employee_slope": Term("points of the index"),
}
STEPS = {
    "first": Term("From the low to the middle group"),
    "second": Term("From the middle to the high group"),
}
SHEETS = (Term("Inputs"), Term("Customers"), Term("Money"))
INPUTS, COURSE, FLOWS = range(3)
# rows of the sheet of flows, as Excel counts them
COUNTS, PART, COSTS, SUM, SO_FAR, DISCOUNTED_SO_FAR, DRAWN, VALUE, PAYBACK, DISCOUNTED, SPREAD, BENEFIT = 4, 5, 9, 10, 11, 12, 13, 14, 15, 16, 19, 20
MILLION = 1e6  # from which charts are in millions
POINTS = "0.00"  # percentage points
FORMATS = {"percent": "0.0%", Unit.PERCENT: "0.0%", Unit.PERCENT.signed_ends: POINTS, "money": "#,##0.00"}
CELL = re.compile(r"(?:'(?P<sheet>[^']+)'!)?(?P<first>\$?[A-Z]{1,2}\$?\d+)(?::(?P<last>\$?[A-Z]{1,2}\$?\d+))?")
SIGNS = {ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv,
         ast.Pow: operator.pow, ast.USub: operator.neg}  # fmt: skip
FUNCTIONS = {"MIN": min, "MAX": max, "SUM": sum, "NPV": lambda rate, flows: sum(f / (1 + rate) ** n for n, f in enumerate(flows, 1))}
HEAD = 4  # rows above the first of each sheet
LABEL, WIDTH, UNIT = 50, 16, 25  # columns in characters
CHANGED = {"bg_color": "#FFF7D6", "border": 1, "border_color": "#D9CFA0"}  # what a reader may change


def case_workbook(result: Result, page: Page) -> bytes:
    """The workbook of a `middle_case`: sheets of inputs, of the course of the customers, and of flows and value.

    Every figure after the inputs is a formula; the values stored beside the main ones are those of the case, for
    readers that do not compute. With all inputs as they are, they are the report's. The bytes repeat.
    """
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, BOOK) as book:
        book.set_properties({"title": clean(page.client), "author": "", "created": FIXED})
        notes = [sentence(f.message, f.values, page.language, page.currency) for f in result.findings]
        _Case(book, result.tables, page, notes).write()
    return file.getvalue()


class _Case:
    """The three sheets, and where each input stands."""

    def __init__(self, book: xlsxwriter.Workbook, tables: Mapping, page: Page, notes: Iterable[str]):
        self.book, self.tables, self.page, self.notes = book, tables, page, notes
        self.names = sheet_names(translated(name, page.language) for name in SHEETS)
        self.sheets = [book.add_worksheet(name) for name in self.names]
        self.cells: dict[str, str] = {}
        self.values: dict[tuple[str, int, int], float] = {}
        self.formats: dict[tuple, object] = {}
        self.years = tables["work"].shape[1]
        self.columns = [xl_col_to_name(year + 1) for year in range(self.years + 1)]
        self.present = xl_col_to_name(self.years + 2)  # the column of present values
        self.plan = tables["initiatives"].to_dict("records")
        self.now: dict[str, str] = {}  # {"on 0", "once 0", "yearly 0": cell} of the initiative in that place
        self.shares: dict[str, str] = {}  # {"once 0", "running 0": row of the customers' sheet}

    def write(self) -> None:
        hint = self.page.word("Change a figure on a yellow background; all others follow by formula.")
        for sheet, name in zip(self.sheets, self.names, strict=True):
            self.text(sheet, 0, f"{name} · {self.page.client}" if self.page.client else name, bold=True, font_size=15)
            self.text(sheet, 1, hint, font_color=SOFT)
            sheet.set_column(0, 0, LABEL)
            sheet.set_column(1, 40, WIDTH)
            sheet.hide_gridlines(2)
            sheet.set_tab_color(self.page.colour)
            sheet.set_landscape()
            sheet.set_paper(9)  # A4
            sheet.fit_to_pages(1, 0)
            sheet.set_footer("&C&P / &N")
        self._inputs()
        self._flows(self._course())
        self._charts()

    def text(self, sheet, row: int, text: str, place: int = 0, **look: object) -> None:
        words = clean(text)
        quoted = {"quote_prefix": True} if words.startswith(FORMULA_SIGNS) else {}
        sheet.write_string(row, place, words, self.look(**look, **quoted))

    def look(self, **look: object):
        key = tuple(sorted(look.items()))
        if key not in self.formats:
            self.formats[key] = self.book.add_format({"font_name": "Calibri", "font_size": 10, **look})
        return self.formats[key]

    def number(self, sheet, row: int, place: int, value: float, look) -> None:
        self.values[sheet.name, row, place] = float(value)
        sheet.write_number(row, place, value, look)

    def formula(self, sheet, row: int, place: int, formula: str, look, value: float | None = None) -> None:
        """Writes a formula with its value beside it: not every program that opens a workbook computes it."""
        value = self._computed(sheet, formula) if value is None else value
        self.values[sheet.name, row, place] = value
        sheet.write_formula(row, place, formula, look, value)

    def _computed(self, sheet, formula: str) -> float:
        """The value of one of our own formulas: arithmetic, MIN, MAX, SUM and NPV over the cells written so far."""

        def number(found: re.Match) -> str:
            name, first, last = found["sheet"] or sheet.name, found["first"], found["last"] or found["first"]
            (top, left), (bottom, right) = (xl_cell_to_rowcol(cell) for cell in (first, last))
            cells = [(name, row, place) for row in range(top, bottom + 1) for place in range(left, right + 1)]
            values = [self.values.get(cell, 0) for cell in cells]
            return repr(values) if found["last"] else f"({values[0]!r})"

        plain = CELL.sub(number, formula.removeprefix("=")).replace("^", "**")
        return _value_of(ast.parse(plain, mode="eval").body)

    def heading(self, sheet, row: int, text: str, heads: Iterable[str | int] = (), *, first: int = 1) -> None:
        """A heading over a line, with words or years above the columns from `first` on."""
        line = {"bottom": 5, "bottom_color": self.page.colour, "bold": True, "text_wrap": True, "valign": "bottom"}
        self.text(sheet, row, text, **line)
        for place, head in enumerate(heads, first):
            if isinstance(head, int):
                self.number(sheet, row, place, head, self.look(**line, align="right"))
            else:
                self.text(sheet, row, head, place, **line, align="right")

    def changed(self, sheet, row: int, place: int, value: float, style: str) -> str:
        """Writes a figure that a reader may change; its cell, as a formula of any sheet names it."""
        self.number(sheet, row, place, value, self.look(num_format=style, **CHANGED))
        return f"'{sheet.name}'!{xl_rowcol_to_cell(row, place, True, True)}"

    # ------------------------------------------------------------ inputs

    def _inputs(self) -> None:
        """The answer, then the initiatives with their switches, then each input with its unit and what the report has."""
        sheet = self.sheets[INPUTS]
        self._top(sheet)
        top = self._switches(sheet, HEAD + 6)
        word = self.page.word
        report, ends = word("In the report"), [word("80% range, lower end"), word("80% range, upper end")]
        self.heading(sheet, top, word("Time, money and customers"), [word("Value"), word("Unit"), report])
        certain = dict(self.tables["certain"].itertuples(index=False))
        for row, (key, (label, style)) in enumerate(CERTAIN.items(), top + 1):
            self._input(sheet, row, key, translated(label, self.page.language), style, {"value": certain[key]})
        self._limits(sheet)
        below = top + len(CERTAIN) + 2
        self.heading(sheet, below, word("What data and judgement say"), [word("Value"), word("Unit"), report, *ends])
        for row, entry in enumerate(self.tables["inputs"].to_dict("records"), below + 1):
            style = FORMATS.get(entry["unit"], "#,##0.0000")
            self._input(sheet, row, entry["key"], translated(entry["input"], self.page.language), style, entry)
        sheet.set_column(2, 2, UNIT)
        sheet.freeze_panes(HEAD + 3, 1)  # the answer stays in view
        sheet.repeat_rows(0, HEAD + 2)

    def _top(self, sheet) -> None:
        """The answer beside that of the report, and why the value is not that of the means."""
        word, value = self.page.word, self.tables["value"].iloc[0]
        self.heading(sheet, HEAD - 1, word("What the initiatives that are switched on bring"), [word("Now"), word("Unit"), word("In the report")])
        for row, at, name, label, unit in self._answer():
            look = self.look(num_format=self._style(at), bold=True)
            self.text(sheet, HEAD + row, label, bold=True)
            self.formula(sheet, HEAD + row, 1, f"='{self.names[FLOWS]}'!B{at}", look, _stored(value[name]))
            self.text(sheet, HEAD + row, unit, 2, align="right", font_color=SOFT)
            self.number(sheet, HEAD + row, 3, _stored(value[name]), self.look(num_format=self._style(at), font_color=SOFT))
        for row, note in enumerate(self.notes, HEAD + 4):
            sheet.merge_range(row, 0, row, 5, "")
            self.text(sheet, row, note, text_wrap=True, valign="top", font_color=SOFT)
            sheet.set_row(row, 40)

    def _switches(self, sheet, top: int) -> int:
        """A row for each initiative: on or off, its effect, its costs; returns the row below, and one free."""
        word, currency = self.page.word, {"currency": self.page.currency or ""}
        heads = [word("On (1) or off (0)"), word("Effect, points of the index"), word("One-off cost, {currency}", **currency),
                 word("Cost a year, {currency}", **currency), word("Effect, 80% range")]  # fmt: skip
        self.heading(sheet, top, word("Initiatives"), heads)
        sheet.set_row(top, 28)
        taken: list[str] = []
        for place, entry in enumerate(self.plan):
            row = top + 1 + place
            taken.append(unused(entry["initiative"], taken, 250))
            self.text(sheet, row, taken[-1])
            self.now[f"on {place}"] = self.changed(sheet, row, 1, int(entry["chosen"]), "0")
            self.cells[entry["effect"]] = self.changed(sheet, row, 2, six_digits(entry["value"]), "0.00")
            for number, cost in enumerate(("once", "yearly"), 3):
                self.now[f"{cost} {place}"] = self.changed(sheet, row, number, entry[cost], "#,##0")
            ends = [self.page.number(entry[end], "mean") for end in ("level_low", "level_high")]
            self.text(sheet, row, f"{ends[0]} {word('to')} {ends[1]}", 5, align="right", font_color=SOFT)
        last = top + len(self.plan)
        switch = {"validate": "list", "source": ["1", "0"], "error_message": word("Write 1 for on, 0 for off.")}
        sheet.data_validation(top + 1, 1, last, 1, switch)
        return last + 2

    def _input(self, sheet, row: int, key: str, label: str, style: str, entry: Mapping) -> None:
        """One input: label, value, unit, the report's value, and its range; a difference of shares in percentage points."""
        factor = 100 if style == POINTS else 1
        self.text(sheet, row, label)
        cell = self.changed(sheet, row, 1, six_digits(factor * entry["value"]), style)
        self.cells[key] = f"({cell}/100)" if factor == 100 else cell
        self.text(sheet, row, self._unit(key), 2, align="right", font_color=SOFT)
        for place, name in enumerate(("value", "level_low", "level_high"), 3):
            if name in entry:
                self.number(sheet, row, place, six_digits(factor * entry[name]), self.look(num_format=style, font_color=SOFT))

    def _unit(self, key: str) -> str:
        told = UNITS.get(key) or UNITS[key.rpartition("_")[0]]
        return self.page.word(told, currency=self.page.currency or "", least=1, most=self.years).strip()

    def _limits(self, sheet) -> None:
        """What the inputs of time and money may be."""
        share = {"validate": "decimal", "criteria": "between", "minimum": 0, "maximum": 1}
        allowed = {
            "horizon": {"validate": "integer", "criteria": "between", "minimum": 1, "maximum": self.years},
            "rate": share | {"minimum": -0.5},
            "replaced": share,
            "tax": share,
        }
        for key, rule in allowed.items():
            cell = self.cells[key].rpartition("!")[2].replace("$", "")
            sheet.data_validation(cell, rule)

    def _answer(self) -> list[tuple[int, int, str, str, str]]:
        word, years = self.page.word, self.page.word("years")
        return [
            (0, VALUE, "net_present_value", word("Net present value"), self.page.currency or ""),
            (1, PAYBACK, "payback", word("Payback"), years),
            (2, DISCOUNTED, "discounted_payback", word("Payback, discounted"), years),
        ]

    def _style(self, row: int) -> str:
        never = self.page.word("not within the horizon").replace('"', "")
        return "#,##0" if row == VALUE else f'[<0]"{never}";0.0'

    # ------------------------------------------------------------ customers

    def _course(self) -> dict[str, list[int]]:
        """Each initiative and step with the course of its customers; {part: rows of its money}."""
        sheet, word = self.sheets[COURSE], self.page.word
        share = self.look(num_format="0.0%")
        found: dict[str, list[int]] = {}
        row, free = HEAD - 1, "1"
        by_year = {"work": word("Share of the effect in place"), "once": word("Share of the one-off cost that falls in the year"),
                   "running": word("Share of the year with running cost")}  # fmt: skip
        for place, entry in enumerate(self.plan):
            self.heading(sheet, row, entry["initiative"], range(self.years + 1))
            points = f"{self.cells[entry['effect']]}*{self.cells['score_per_point']}"
            points += f"*{self.cells['employee_slope']}" if entry["through_employees"] else ""
            self.text(sheet, row + 1, word("Share of the customers lifted"))
            self.formula(sheet, row + 1, 1, f"={self.now[f'on {place}']}*MIN(1,MAX(0,{points}))", share)
            self.text(sheet, row + 2, word("Those whom no other initiative reached"))
            self.formula(sheet, row + 2, 1, f"={free}", share)
            free = f"$B${row + 3}*(1-$B${row + 2})"
            for below, (name, label) in enumerate(by_year.items(), row + 3):
                self.text(sheet, below, label)
                numbers = self.tables[name].iloc[place].to_numpy(float)
                for year, value in enumerate(numbers, 1 if name == "work" else 0):
                    self.number(sheet, below, year + 1, value, share)
                self.shares[f"{name} {place}"] = str(below + 1)
            reach, work = f"$B${row + 2}*$B${row + 3}", row + 4
            row += 6
            for step, name in STEPS.items():
                self.text(sheet, row, translated(name, self.page.language), italic=True)
                row = self._step(row + 1, step, work, reach, found)
            row += 1
        sheet.freeze_panes(HEAD - 1, 1)
        return found

    def _step(self, row: int, step: str, work: int, reach: str, found: dict[str, list[int]]) -> int:
        """One step: customers without and with the initiative, and the money of each part, year by year."""
        sheet, cell, count = self.sheets[COURSE], self.cells, self.look(num_format="#,##0")
        change = {name: cell[f"{name}_{step}"] for name in ("leaving", "margin", "service_cost")}
        begin = {name: cell[f"{name}_middle"] + (f"-{change[name]}" if step == "first" else "") for name in change}
        cause, replaced = cell["causal_share"], cell["replaced"]
        labels = [self.page.word("Customers without the initiatives"), self.page.word("Customers with the initiatives")]
        labels += [translated(part, self.page.language) for part in PARTS.values()]
        for offset, label in enumerate(labels):
            self.text(sheet, row + offset, label)
        start = f"={cell['customers']}*{cell[f'at_{step}']}*{reach}"
        self.formula(sheet, row, 1, start, count)
        self.formula(sheet, row + 1, 1, start, count)
        for year in range(1, self.years + 1):
            now, before = xl_col_to_name(year + 1), xl_col_to_name(year)
            share, alone, moved = f"{now}${work}", f"{now}{row + 1}", f"{now}{row + 2}"
            stay = f"MIN(1,MAX(0,1-({begin['leaving']})))"
            after = f"MIN(1,MAX(0,1-({begin['leaving']}+{cause}*{change['leaving']})))"
            formulas = [
                f"={before}{row + 1}*{stay}",
                f"={before}{row + 2}*({stay}+{share}*({after}-{stay}))",
                f"=({moved}-{alone})*(({begin['margin']})-({begin['service_cost']}))*(1-{replaced})",
                f"={moved}*{share}*{cause}*{change['margin']}",
                f"=-{moved}*{share}*{cause}*{change['service_cost']}",
                f"={replaced}*{cell['acquisition_cost']}*(({before}{row + 1}-{alone})-({before}{row + 2}-{moved}))",
            ]
            for offset, formula in enumerate(formulas):
                self.formula(sheet, row + offset, year + 1, formula, count)
        for offset, part in enumerate(PARTS, start=2):
            found.setdefault(part, []).append(row + offset + 1)
        return row + len(labels)

    # ------------------------------------------------------------ money

    def _flows(self, rows: Mapping[str, list[int]]) -> None:
        """Flows by part and year, their sum, what it is worth today, and when it is paid back."""
        sheet, word, cell = self.sheets[FLOWS], self.page.word, self.cells
        money, total = self.look(num_format="#,##0"), self.look(num_format="#,##0", bold=True, top=1)
        self.heading(sheet, 2, word("Year"), [*range(self.years + 1), word("Present value after tax")])
        self._spread(sheet, rows)
        names = [*PARTS.values(), COST, Term("Sum after tax"), Term("Cumulative sum"), Term("Cumulative sum, discounted")]
        for row, label in enumerate(names, PART):
            self.text(sheet, row - 1, translated(label, self.page.language), **({"bold": True, "top": 1} if row == SUM else {}))
        self.text(sheet, COUNTS - 1, word("Whether the year counts (within the horizon)"), font_color=SOFT)
        for year, column in enumerate(self.columns):
            within = int(year <= self.values[self._place("horizon")])
            self.formula(sheet, COUNTS - 1, year + 1, f"=IF({column}3<={cell['horizon']},1,0)", self.look(font_color=SOFT), within)
            for place, part in enumerate(PARTS):
                if year:
                    spread = f"{column}{BENEFIT + 1 + place}*{column}{BENEFIT}"
                    formula = f"={column}{COUNTS}*({self._of_course(rows[part], column)}+{spread})"
                    self.formula(sheet, PART + place - 1, year + 1, formula, money)
            planned = "+".join(
                f"{self.now[f'on {n}']}*({self.now[f'once {n}']}*'{self.names[COURSE]}'!{column}{self.shares[f'once {n}']}"
                f"+{self.now[f'yearly {n}']}*'{self.names[COURSE]}'!{column}{self.shares[f'running {n}']})"
                for n in range(len(self.plan))
            )
            factor = f"{cell['cost_factor']}*(1+{column}{BENEFIT + 1 + len(PARTS)})"
            before = f"{self.columns[year - 1]}{{}}+" if year else ""
            formulas = [
                f"=-{column}{COUNTS}*({planned})*{factor}",
                f"=SUM({column}{PART}:{column}{COSTS})*(1-{cell['tax']})",
                f"={before.format(SO_FAR)}{column}{SUM}",
                f"={before.format(DISCOUNTED_SO_FAR)}{column}{SUM}/(1+{cell['rate']})^{column}3",
            ]
            for row, formula in enumerate(formulas, COSTS):
                self.formula(sheet, row - 1, year + 1, formula, total if row == SUM else money)
            self.formula(sheet, DRAWN - 1, year + 1, f"={column}{COUNTS}*{column}{DISCOUNTED_SO_FAR}", money)
        sheet.set_row(DRAWN - 1, None, None, {"hidden": True})  # the bars of the chart end at the horizon
        for row in range(PART, SUM + 1):
            tax = "" if row == SUM else f"*(1-{cell['tax']})"
            self.formula(sheet, row - 1, self.years + 2, f"=({self._worth(row)}){tax}", total if row == SUM else money)
        self._value(sheet)
        sheet.freeze_panes(3, 1)
        sheet.repeat_rows(2)

    def _spread(self, sheet, rows: Mapping[str, list[int]]) -> None:
        """What the spread of the inputs adds to each part, as a share of the benefit at the means."""
        word, share = self.page.word, self.look(num_format="0.0%", font_color=SOFT)
        self.heading(sheet, SPREAD - 1, word("What the spread of the inputs adds, as a share of the benefit"), list(range(self.years + 1)))
        self.text(sheet, BENEFIT - 1, word("Benefit with every input at its mean"), font_color=SOFT)
        every = [row for part in PARTS for row in rows[part]]
        for year, column in enumerate(self.columns[1:], 1):
            self.formula(sheet, BENEFIT - 1, year + 1, f"={self._of_course(every, column)}", self.look(num_format="#,##0", font_color=SOFT))
        known = {entry["key"]: entry for entry in self.tables["spread"].to_dict("records")}
        for place, (key, name) in enumerate({**PARTS, "cost": COST}.items(), BENEFIT):
            self.text(sheet, place, translated(name, self.page.language), font_color=SOFT)
            for year in range(self.years + 1):
                self.number(sheet, place, year + 1, known[key][str(year)] if key in known else 0.0, share)

    def _of_course(self, rows: Iterable[int], column: str) -> str:
        return "+".join(f"'{self.names[COURSE]}'!{column}{row}" for row in rows)

    def _place(self, key: str) -> tuple[str, int, int]:
        return (self.names[INPUTS], *xl_cell_to_rowcol(self.cells[key].rpartition("!")[2]))

    def _worth(self, row: int) -> str:
        """What a row of flows is worth today."""
        return f"{self.columns[0]}{row}+NPV({self.cells['rate']},{self.columns[1]}{row}:{self.columns[-1]}{row})"

    def _value(self, sheet) -> None:
        """What the flows are worth today, and after how many years the money is back."""
        value, worth = self.tables["value"].iloc[0], f"{self.present}{SUM}"
        six = f"=IF({worth}=0,0,ROUND({worth},5-INT(LOG10(ABS({worth})))))"  # six digits, as in the report
        formulas = {VALUE: six, PAYBACK: _payback(self.columns, SO_FAR), DISCOUNTED: _payback(self.columns, DISCOUNTED_SO_FAR)}
        for _, row, name, label, unit in self._answer():
            self.text(sheet, row - 1, label, bold=True)
            self.formula(sheet, row - 1, 1, formulas[row], self.look(num_format=self._style(row), bold=True), _stored(value[name]))
            self.text(sheet, row - 1, unit, 2, font_color=SOFT)

    def _charts(self) -> None:
        """Beside the inputs: the sum so far by year, and what each part is worth."""
        flows, sheet, word = self.names[FLOWS], self.sheets[INPUTS], self.page.word
        last, worth = self.columns[-1], self.present
        drawn = (
            ("column", word("Cumulative sum, discounted"), f"$B$3:${last}$3", f"$B${DRAWN}:${last}${DRAWN}", HEAD - 1),
            ("bar", word("Present value after tax"), f"$A${PART}:$A${SUM}", f"${worth}${PART}:${worth}${SUM}", HEAD + 15),
        )
        largest = max(abs(self.values[flows, row - 1, self.years + 2]) for row in range(PART, SUM + 1))
        millions, font = largest >= MILLION, {"name": "Calibri", "size": 10, "bold": False}
        unit = self.page.number(2 * MILLION, "money_short").partition(NO_BREAK)[2] if millions else self.page.currency or ""
        for kind, name, categories, values, row in drawn:
            chart = self.book.add_chart({"type": kind})
            chart.show_hidden_data()
            chart.add_series({"name": name, "categories": f"='{flows}'!{categories}", "values": f"='{flows}'!{values}",
                              "gap": 60, "fill": {"color": self.page.colour}})  # fmt: skip
            chart.set_title({"name": ", ".join(filter(None, (name, unit))), "name_font": font | {"size": 11, "bold": True}})
            named = {"label_position": "low", "num_font": font, "major_gridlines": {"visible": False}}
            axis = {"num_format": "0.0,," if millions else "#,##0", "num_font": font, "line": {"none": True},
                    "major_gridlines": {"visible": True, "line": {"color": "#D9DFE4"}}}  # fmt: skip
            if kind == "bar":  # whose axes change places
                chart.set_y_axis(named | {"reverse": True})
                chart.set_x_axis(axis)
            else:
                chart.set_x_axis(named | {"name": word("Year"), "name_font": font})
                chart.set_y_axis(axis)
            chart.set_legend({"none": True})
            chart.set_size({"width": 560, "height": 300})
            sheet.insert_chart(row, 6, chart, {"x_offset": 30})


def _value_of(node: ast.expr) -> float | list[float]:
    """The value of an arithmetic expression; raises KeyError for anything but numbers, + - * / ** and FUNCTIONS."""
    match node:
        case ast.Constant(value=float() | int() as number):
            return number
        case ast.List(elts=cells):
            return [_value_of(cell) for cell in cells]
        case ast.UnaryOp(op=sign, operand=operand):
            return SIGNS[type(sign)](_value_of(operand))
        case ast.BinOp(left=left, op=sign, right=right):
            return SIGNS[type(sign)](_value_of(left), _value_of(right))
        case ast.Call(func=ast.Name(id=name), args=arguments):
            return FUNCTIONS[name](*map(_value_of, arguments))
    raise KeyError(ast.dump(node))


def _payback(columns: list[str], row: int) -> str:
    """Years until the running sum in a row stays above zero, linear inside a year; -1 where it never does."""
    first, last = columns[0], columns[-1]
    below = f"SUMPRODUCT(MAX(({first}{row}:{last}{row}<0)*({first}3:{last}3+1)))"
    short = f"INDEX({first}{row}:{last}{row},{below})"
    following = f"INDEX({first}{row}:{last}{row},{below}+1)"
    return f"=IF({last}{row}<0,-1,IF({below}=0,0,{below}-1+{short}/({short}-{following})))"


def _stored(value: float | None) -> float:
    return -1 if value is None or value != value else value
