"""A business case as a workbook with live formulas: change an input, and the net present value follows."""

import ast
import io
import operator
import re
from collections.abc import Iterable, Mapping

import xlsxwriter
from xlsxwriter.utility import xl_cell_to_rowcol, xl_col_to_name, xl_rowcol_to_cell

from cxlib.analyses.result import Result, Term
from cxlib.analyses.units import Unit
from cxlib.report.language.words import sentence, translated
from cxlib.report.office.chapters import clean
from cxlib.report.office.excel_cells import unused
from cxlib.report.office.workbook import BOOK, FIXED, FORMULA_SIGNS, sheet_names
from cxlib.report.page import Page
from cxlib.stats.rounding import six_digits

PARTS = {
    "retention": Term("Customers stay longer"),
    "spend": Term("Customers bring more margin"),
    "cost_to_serve": Term("Customers cost less to serve"),
    "acquisition_saved": Term("Fewer customers to replace"),
}
CERTAIN = {
    "customers": (Term("All customers"), "#,##0"),
    "rate": (Term("Discount rate a year"), "0.0%"),
    "replaced": (Term("Share of lost customers that are replaced"), "0.0%"),
    "acquisition_cost": (Term("Cost of winning a customer"), "#,##0"),
    "tax": (Term("Tax"), "0.0%"),
}
STEPS = {
    "first": Term("From the low to the middle group"),
    "second": Term("From the middle to the high group"),
}
SHEETS = (Term("Inputs"), Term("Customers"), Term("Money"))
INPUTS, COURSE, FLOWS = range(3)
VALUE, PAYBACK, DISCOUNTED = 12, 13, 14  # rows of the sheet of flows that hold the answer
POINTS = "0.00"  # percentage points
FORMATS = {"percent": "0.0%", Unit.PERCENT: "0.0%", Unit.PERCENT.signed_ends: POINTS, "money": "#,##0.00"}
CELL = re.compile(r"(?:'(?P<sheet>[^']+)'!)?(?P<first>\$?[A-Z]{1,2}\$?\d+)(?::(?P<last>\$?[A-Z]{1,2}\$?\d+))?")
SIGNS = {ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv,
         ast.Pow: operator.pow, ast.USub: operator.neg}  # fmt: skip
FUNCTIONS = {"MIN": min, "MAX": max, "SUM": sum}
HEAD = 4  # rows above the first of each sheet


def case_workbook(result: Result, page: Page) -> bytes:
    """The workbook of a `middle_case`: sheets of inputs, of the course of the customers, and of flows and value.

    Every figure after the inputs is a formula; the values stored beside the main ones are those of the case, for
    readers that do not compute. The bytes repeat.
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
        self.years = tables["work"].shape[1]
        self.columns = [xl_col_to_name(year + 1) for year in range(self.years + 1)]

    def write(self) -> None:
        hint = self.page.word("Change a figure on a yellow ground; all others follow from it by formula.")
        for sheet, name in zip(self.sheets, self.names, strict=True):
            self.text(sheet, 0, f"{name} · {self.page.client}" if self.page.client else name, bold=True, font_size=15)
            self.text(sheet, 1, hint, font_color="#56626E")
            sheet.set_column(0, 0, 62)
            sheet.set_column(1, 30, 14)
            sheet.hide_gridlines(2)
            sheet.set_tab_color(self.page.colour)
            sheet.set_landscape()
            sheet.set_paper(9)  # A4
            sheet.fit_to_pages(1, 0)
        self._inputs()
        self._flows(self._course())

    def text(self, sheet, row: int, text: str, **look: object) -> None:
        words = clean(text)
        quoted = {"quote_prefix": True} if words.startswith(FORMULA_SIGNS) else {}
        sheet.write_string(row, 0, words, self.look(**look, **quoted))

    def look(self, **look: object):
        return self.book.add_format({"font_name": "Calibri", "font_size": 10, **look})

    def number(self, sheet, row: int, place: int, value: float, look) -> None:
        self.values[sheet.name, row, place] = value
        sheet.write_number(row, place, value, look)

    def formula(self, sheet, row: int, place: int, formula: str, look, value: float | None = None) -> None:
        """Writes a formula with its value beside it: not every program that opens a workbook computes it."""
        value = self._computed(sheet, formula) if value is None else value
        self.values[sheet.name, row, place] = value
        sheet.write_formula(row, place, formula, look, value)

    def _computed(self, sheet, formula: str) -> float:
        """The value of one of our own formulas: arithmetic, MIN, MAX and SUM over the cells written so far."""

        def number(found: re.Match) -> str:
            name, first, last = found["sheet"] or sheet.name, found["first"], found["last"] or found["first"]
            (top, left), (bottom, right) = (xl_cell_to_rowcol(cell) for cell in (first, last))
            cells = [(name, row, place) for row in range(top, bottom + 1) for place in range(left, right + 1)]
            values = [self.values.get(cell, 0) for cell in cells]
            return repr(values) if found["last"] else f"({values[0]!r})"

        plain = CELL.sub(number, formula.removeprefix("=")).replace("^", "**")
        return _value_of(ast.parse(plain, mode="eval").body)

    def heading(self, sheet, row: int, text: str, years: Iterable[int] = ()) -> None:
        """A heading over a line, with years above their columns."""
        line = self.look(bottom=5, bottom_color=self.page.colour, bold=True, align="right")
        self.text(sheet, row, text, bottom=5, bottom_color=self.page.colour, bold=True)
        for year in range(self.years + 1):
            sheet.write_blank(row, year + 1, None, line)
        for year in years:
            self.number(sheet, row, year + 1, year, line)

    def _inputs(self) -> None:
        """The answer, and below it label and value of every input; shares in points are written in points."""
        sheet, money = self.sheets[INPUTS], self.look(num_format="#,##0", bold=True)
        self.heading(sheet, HEAD - 1, self.page.word("What the chosen initiatives bring"))
        value = self.tables["value"].iloc[0]
        for row, at, name, word in self._answer():
            self.text(sheet, HEAD + row, word, bold=True)
            look = money if at == VALUE else self.look(num_format="0.0", bold=True)
            self.formula(sheet, HEAD + row, 1, f"='{self.names[FLOWS]}'!B{at}", look, _stored(value[name]))
        for row, note in enumerate(self.notes, HEAD + 3):
            self.text(sheet, row, note, text_wrap=True, valign="top", font_color="#56626E")
        top = HEAD + 6
        self.heading(sheet, top, self.page.word("Inputs"))
        entries = [(key, *CERTAIN[key], value) for key, value in self.tables["certain"].itertuples(index=False)]
        for entry in self.tables["inputs"].to_dict("records"):
            label = translated(entry["input"], self.page.language)
            entries.append((entry["key"], label, FORMATS.get(entry["unit"], "#,##0.0000"), entry["value"]))
        taken: list[str] = []
        for row, (key, label, style, value) in enumerate(entries, top + 1):
            taken.append(unused(translated(label, self.page.language), taken, 250))
            self.text(sheet, row, taken[-1])
            points = style == POINTS
            ground = self.look(num_format=style, bg_color="#FFF7D6", border=1, border_color="#D9DFE4")
            self.number(sheet, row, 1, six_digits(100 * value) if points else value, ground)
            cell = f"'{self.names[INPUTS]}'!{xl_rowcol_to_cell(row, 1, True, True)}"
            self.cells[key] = f"({cell}/100)" if points else cell
        sheet.freeze_panes(top + 1, 1)

    def _answer(self) -> list[tuple[int, int, str, str]]:
        return [
            (0, VALUE, "net_present_value", self.page.word("Net present value")),
            (1, PAYBACK, "payback", self.page.word("Payback, years")),
            (2, DISCOUNTED, "discounted_payback", self.page.word("Discounted payback, years")),
        ]

    def _course(self) -> dict[str, list[int]]:
        """Each initiative and step with the course of its customers; {part: rows of its money}."""
        sheet, word = self.sheets[COURSE], self.page.word
        share = self.look(num_format="0.0%")
        found: dict[str, list[int]] = {}
        row, free = HEAD - 1, "1"
        for place, entry in enumerate(self.tables["initiatives"].to_dict("records")):
            self.heading(sheet, row, entry["initiative"], range(1, self.years + 1))
            points = f"{self.cells[entry['effect']]}*{self.cells['score_per_point']}"
            points += f"*{self.cells['employee_slope']}" if entry["through_employees"] else ""
            self.text(sheet, row + 1, word("Share of the customers lifted"))
            self.formula(sheet, row + 1, 1, f"=MIN(1,MAX(0,{points}))", share)
            self.text(sheet, row + 2, word("Part of them that no other initiative reached"))
            self.formula(sheet, row + 2, 1, f"={free}", share)
            free = f"$B${row + 3}*(1-$B${row + 2})"
            self.text(sheet, row + 3, word("Share of the effect that works"))
            for year in range(1, self.years + 1):
                works = float(self.tables["work"].iloc[place, year - 1])
                self.number(sheet, row + 3, year + 1, works, share)
            reach, work = f"$B${row + 2}*$B${row + 3}", row + 4
            row += 4
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
        labels = [self.page.word("Customers without it"), self.page.word("Customers with it")]
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

    def _flows(self, rows: Mapping[str, list[int]]) -> None:
        """Flows by part and year, their sum, what it is worth today, and when it is paid back."""
        sheet, word, cell = self.sheets[FLOWS], self.page.word, self.cells
        money, total = self.look(num_format="#,##0"), self.look(num_format="#,##0", bold=True, top=1)
        self.heading(sheet, 2, word("Year"), range(self.years + 1))
        for place, (part, name) in enumerate(PARTS.items(), start=4):
            self.text(sheet, place - 1, translated(name, self.page.language))
            for year, column in enumerate(self.columns[1:], 1):
                course = "+".join(f"'{self.names[COURSE]}'!{column}{row}" for row in rows[part])
                self.formula(sheet, place - 1, year + 1, f"={course}", money)
        labels = {
            8: Term("Cost of the initiatives"),
            9: Term("Sum after tax"),
            10: Term("Sum so far"),
            11: Term("Sum so far, discounted"),
        }
        for row, label in labels.items():
            self.text(
                sheet, row - 1, translated(label, self.page.language), **({"bold": True, "top": 1} if row == 9 else {})
            )
        planned = self.tables["planned"].sum()
        for year, column in enumerate(self.columns):
            before = f"{self.columns[year - 1]}{{}}+" if year else ""
            formulas = [
                f"=-{float(planned.iloc[year])!r}*{cell['cost_factor']}",
                f"=SUM({column}4:{column}8)*(1-{cell['tax']})",
                f"={before.format(10)}{column}9",
                f"={before.format(11)}{column}9/(1+{cell['rate']})^{column}3",
            ]
            for row, formula in enumerate(formulas, 7):
                self.formula(sheet, row, year + 1, formula, total if row == 8 else money)
        self._value(sheet)
        sheet.freeze_panes(3, 1)

    def _value(self, sheet) -> None:
        """What the flows are worth today, and after how many years the money is back."""
        first, last, value = self.columns[0], self.columns[-1], self.tables["value"].iloc[0]
        discounted = f"={first}9+NPV({self.cells['rate']},{self.columns[1]}9:{last}9)"
        formulas = {VALUE: discounted, PAYBACK: _payback(self.columns, 10), DISCOUNTED: _payback(self.columns, 11)}
        for _, row, name, word in self._answer():
            self.text(sheet, row - 1, word, bold=True)
            look = self.look(num_format="#,##0" if row == VALUE else "0.0", bold=True)
            self.formula(sheet, row - 1, 1, formulas[row], look, _stored(value[name]))
        never = self.page.word("−1 years: the money does not come back before the last year shown.")
        self.text(sheet, DISCOUNTED + 1, never, font_color="#56626E")


def _value_of(node: ast.expr) -> float | list[float]:
    """The value of an arithmetic expression; raises KeyError for anything but numbers, + - * / ** and MIN, MAX, SUM."""
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
