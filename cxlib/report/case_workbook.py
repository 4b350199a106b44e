"""A business case as a workbook with live formulas: change an input, and the net present value follows."""

import io

import xlsxwriter
from xlsxwriter.utility import xl_col_to_name, xl_rowcol_to_cell

from cxlib.analyses.result import Result
from cxlib.report.page import Page

PARTS = ("retention", "spend", "cost_to_serve", "acquisition_saved")
STEPS = ("first", "second")


def case_workbook(result: Result, page: Page) -> bytes:
    """The workbook of a `middle_case`: sheets of inputs, of the course of the customers, and of flows and value.

    Every figure after the inputs is a formula; the values stored beside the main ones are those of the case, for
    readers that do not compute.
    """
    file = io.BytesIO()
    # Client text never becomes a formula or a link.
    safe = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = xlsxwriter.Workbook(file, {"in_memory": True, **safe})
    bold, money = book.add_format({"bold": True}), book.add_format({"num_format": "#,##0"})
    sheets = [book.add_worksheet(name) for name in ("Inputs", "Course", "Flows")]
    cell = _inputs(sheets[0], result, page)
    rows = _course(sheets[1], result, page, cell, bold)
    _flows(sheets[2], result, page, cell, rows, bold, money)
    book.close()
    return file.getvalue()


def _inputs(sheet, result: Result, page: Page) -> dict[str, str]:
    """Writes label and value of every input; {key: absolute reference}."""
    sheet.set_column(0, 0, 60)
    cells, row = {}, 0
    words = {"customers": page.word("All customers"), "rate": page.word("Discount rate a year"),
             "replaced": page.word("Share of lost customers that are replaced"), "tax": page.word("Tax"),
             "acquisition_cost": page.word("Cost of winning a customer")}  # fmt: skip
    for name in ("certain", "inputs"):
        for entry in result.tables[name].to_dict("records"):
            label = words[entry["key"]] if name == "certain" else page.word(entry["input"])
            sheet.write_string(row, 0, label)
            sheet.write_number(row, 1, entry["value"])
            cells[entry["key"]] = f"Inputs!{xl_rowcol_to_cell(row, 1, True, True)}"
            row += 1
    sheet.freeze_panes(0, 1)
    return cells


def _course(sheet, result: Result, page: Page, cell, bold) -> dict[tuple[str, str], list[int]]:
    """Writes, for each initiative and step, the course of its customers; {(part, step): rows of its money}."""
    sheet.set_column(0, 0, 60)
    years = result.tables["work"].shape[1]
    found, row, free = {}, 0, "1"
    for place, entry in enumerate(result.tables["initiatives"].to_dict("records")):
        sheet.write_string(row, 0, entry["initiative"], bold)
        for year in range(1, years + 1):
            sheet.write_number(row, year + 1, year, bold)
        points = f"{cell[entry['effect']]}*{cell['score_per_point']}"
        points += f"*{cell['employee_slope']}" if entry["through_employees"] else ""
        sheet.write_string(row + 1, 0, page.word("Share of the customers lifted"))
        sheet.write_formula(row + 1, 1, f"=MIN(1,MAX(0,{points}))")
        sheet.write_string(row + 2, 0, page.word("Part of them that no other initiative reached"))
        sheet.write_formula(row + 2, 1, f"={free}")
        free = f"$B${row + 3}*(1-$B${row + 2})"
        sheet.write_string(row + 3, 0, page.word("Share of the effect that works"))
        for year in range(1, years + 1):
            sheet.write_number(row + 3, year + 1, float(result.tables["work"].iloc[place, year - 1]))
        reach = f"$B${row + 2}*$B${row + 3}"
        work, row = row + 4, row + 4
        for step in STEPS:
            row = _step(sheet, row, step, years, work, reach, cell, page, found)
        row += 1
    return found


def _step(sheet, row, step, years, work, reach, cell, page, found) -> int:
    """One step of one initiative: customers without and with it, and the money of each part, year by year."""
    change = {name: cell[f"{name}_{step}"] for name in ("leaving", "margin", "service_cost")}
    begin = {name: cell[f"{name}_middle"] + (f"-{change[name]}" if step == "first" else "") for name in change}
    cause, replaced = cell["causal_share"], cell["replaced"]
    labels = [page.word("Customers without it"), page.word("Customers with it"), *PARTS]
    words = {"retention": page.word("Customers stay longer"), "spend": page.word("Customers bring more margin"),
             "cost_to_serve": page.word("Customers cost less to serve"),
             "acquisition_saved": page.word("Fewer customers to replace")}  # fmt: skip
    for offset, label in enumerate(labels):
        sheet.write_string(row + offset, 0, words.get(label, label))
    start = f"={cell['customers']}*{cell[f'at_{step}']}*{reach}"
    sheet.write_formula(row, 1, start)
    sheet.write_formula(row + 1, 1, start)
    for year in range(1, years + 1):
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
            sheet.write_formula(row + offset, year + 1, formula)
    for offset, part in enumerate(PARTS, start=2):
        found.setdefault(part, []).append(row + offset + 1)
    return row + len(labels)


def _flows(sheet, result: Result, page: Page, cell, rows, bold, money) -> None:
    """Flows by part and year, their sum, what it is worth today, and when it is paid back."""
    sheet.set_column(0, 0, 60)
    sheet.set_column(1, 30, 14)
    years = result.tables["work"].shape[1]
    value = result.tables["value"].iloc[0]
    columns = [xl_col_to_name(year + 1) for year in range(years + 1)]
    for year, column in enumerate(columns):
        sheet.write_number(f"{column}1", year, bold)
    words = {"retention": page.word("Customers stay longer"), "spend": page.word("Customers bring more margin"),
             "cost_to_serve": page.word("Customers cost less to serve"),
             "acquisition_saved": page.word("Fewer customers to replace")}  # fmt: skip
    for place, part in enumerate(PARTS, start=2):
        sheet.write_string(f"A{place}", words[part])
        for column in columns[1:]:
            sheet.write_formula(f"{column}{place}", "=" + "+".join(f"Course!{column}{row}" for row in rows[part]), money)
    sheet.write_string("A6", page.word("Cost of the initiatives"))
    sheet.write_string("A7", page.word("Sum after tax"))
    sheet.write_string("A8", page.word("Sum so far"))
    sheet.write_string("A9", page.word("Sum so far, discounted"))
    planned = result.tables["planned"].sum()
    for year, column in enumerate(columns):
        sheet.write_formula(f"{column}6", f"=-{float(planned.iloc[year])!r}*{cell['cost_factor']}", money)
        sheet.write_formula(f"{column}7", f"=SUM({column}2:{column}6)*(1-{cell['tax']})", money)
        before = f"{columns[year - 1]}{{}}+" if year else ""
        sheet.write_formula(f"{column}8", f"={before.format(8)}{column}7", money)
        sheet.write_formula(f"{column}9", f"={before.format(9)}{column}7/(1+{cell['rate']})^{column}1", money)
    first, last = columns[0], columns[-1]
    discounted = f"={first}7+NPV({cell['rate']},{columns[1]}7:{last}7)"
    sheet.write_string("A11", page.word("Net present value"), bold)
    sheet.write_formula("B11", discounted, money, value.net_present_value)
    for row, of, name, word in ((12, 8, "payback", page.word("Payback, years")),
                                (13, 9, "discounted_payback", page.word("Discounted payback, years"))):  # fmt: skip
        sheet.write_string(f"A{row}", word, bold)
        sheet.write_formula(f"B{row}", _payback(columns, of), None, _stored(value[name]))


def _payback(columns, row) -> str:
    """Years until the running sum in a row stays above zero, linear inside a year; -1 where it never does."""
    first, last = columns[0], columns[-1]
    below = f"SUMPRODUCT(MAX(({first}{row}:{last}{row}<0)*({first}1:{last}1+1)))"
    short = f"INDEX({first}{row}:{last}{row},{below})"
    following = f"INDEX({first}{row}:{last}{row},{below}+1)"
    return f"=IF({last}{row}<0,-1,IF({below}=0,0,{below}-1+{short}/({short}-{following})))"


def _stored(value: float) -> float:
    return value if value < float("inf") else -1
