"""A slide says a finding and shows one exhibit, charts hold the numbers of results.json, and client text stays text."""

import io
import re
import zipfile
from datetime import datetime
from functools import cache
from itertools import pairwise
from pathlib import Path

import pandas as pd
import pytest
from lxml import etree
from markupsafe import Markup

pptx = pytest.importorskip("pptx", reason="python-pptx is not installed; it comes with the extra pptx")

from pptx.chart.plot import LinePlot  # noqa: E402
from pptx.enum.chart import XL_CHART_TYPE  # noqa: E402
from pptx.enum.dml import MSO_THEME_COLOR  # noqa: E402
from pptx.enum.shapes import MSO_SHAPE_TYPE  # noqa: E402
from pptx.oxml import parse_xml  # noqa: E402
from pptx.oxml.ns import nsdecls, qn  # noqa: E402

from cxlib.analyses.result import Base, Quantity, Result, Sentences  # noqa: E402
from cxlib.languages import LANGUAGES  # noqa: E402
from cxlib.report.cover import Cover  # noqa: E402
from cxlib.report.drawings import png  # noqa: E402
from cxlib.report.front_page.overview import overview  # noqa: E402
from cxlib.report.language.words import translated  # noqa: E402
from cxlib.report.office.chapters import chapters, finding_text  # noqa: E402
from cxlib.report.office.slide_charts import DECLARED, FITTED, Dots, _told, _told_apart  # noqa: E402
from cxlib.report.office.slide_drawings import number_code  # noqa: E402
from cxlib.report.office.slides import write_slides  # noqa: E402
from cxlib.report.page import SVG  # noqa: E402
from tests.report.executed import executed, results_of_shipped, shipped  # noqa: E402
from tests.report.office.drawn import behind, charts, figures, intervals, is_field, near, numbers  # noqa: E402
from tests.report.office.test_workbook import HOSTILE, book_of_shipped, cover, tables, written_text  # noqa: E402

SAYS = Sentences({"high": ("good", "{group} is highest: {mean:mean}."), "alike": ("neutral", "Alike in {group}.")})


def by_group(names=("North", "South"), *, mean=7.25, key="high", **columns) -> Result:
    rows = {"group": list(names), "n": [120, 80, 60][: len(names)], "mean": [mean, 6.5, 6.0][: len(names)]}
    ends = {"low": [7.0, 6.0, 5.5][: len(names)], "high": [7.5, 7.0, 6.5][: len(names)]}
    finding = SAYS.finding(key, group=names[0], mean=mean)
    return Result(
        "by_group", {"groups": pd.DataFrame(rows | ends | columns)}, (finding,), Base(210, 200, {"not answered": 10})
    )


@pytest.fixture
def deck(tmp_path):
    """deck({"status": notebook}, language) -> the slides, written and opened again."""

    def written(notebooks, language="en", **more):
        write_slides(tmp_path / "acme.pptx", notebooks, cover(language, **more))
        return pptx.Presentation(str(tmp_path / "acme.pptx"))

    return written


@pytest.fixture(scope="module")
def file_of_shipped(tmp_path_factory):
    """file_of_shipped(language) -> the file of the slides of the shipped notebooks, written once for all tests that read it."""
    return cache(lambda language: written_of_shipped(tmp_path_factory.mktemp("slides") / "acme.pptx", language))


@pytest.fixture(scope="module")
def of_shipped(file_of_shipped):
    """of_shipped(language) -> the slides of the shipped notebooks."""
    return cache(lambda language: pptx.Presentation(str(file_of_shipped(language))))


def written_of_shipped(file: Path, language: str) -> Path:
    write_slides(file, shipped(), cover(language), None, summary_of(language))
    return file


@cache
def summary_of(language) -> dict:
    """Page one of the shipped notebooks."""
    pages = [
        {"name": c.name, "file": f"{c.name}.html", "title": c.title, "results": [r for s in c.sections for r in s.results], "answer": c.answer}
        for c in chapters(shipped(), language)
    ]
    return overview(pages, language, "DKK")


def texts(opened) -> list[str]:
    shapes = [shape for slide in opened.slides for shape in slide.shapes]
    said = [shape.text_frame.text for shape in shapes if shape.has_text_frame]
    cells = [cell.text for shape in shapes if shape.has_table for row in shape.table.rows for cell in row.cells]
    notes = [slide.notes_slide.notes_text_frame.text for slide in opened.slides if slide.has_notes_slide]
    return [*said, *cells, *notes, *(name for chart in charts(opened) if not is_field(chart) for name in chart.plots[0].categories)]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_deck_has_ten_to_fifteen_slides_each_with_a_finding_as_its_title(of_shipped, language):
    opened = of_shipped(language)
    said = [result for chapter in chapters(shipped(), language) for section in chapter.sections for result in section.results]
    findings = {finding_text(finding, language, "DKK") for result in said for finding in result.findings}
    titles = [slide.shapes.title.text for slide in opened.slides]
    assert titles[0] == "Acme" and 10 <= len(titles) <= 15 and len(titles) == len(set(titles))
    lists = {translated(text, language) for text in ("The answers in short", "Next steps: what to do first", "What these data cannot tell")}
    assert lists <= set(titles) and set(titles[1:]) - lists <= findings
    assert {"en": "Customer report", "da": "Kunderapport", "sv": "Kundrapport"}[language] in texts(opened)[1]


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_answer_and_decision_stands_on_its_slide(of_shipped, language):
    summary = summary_of(language)
    _, answers, *_, decisions, unclear = ({shape.text_frame.text for shape in slide.shapes if shape.has_text_frame} for slide in of_shipped(language).slides)
    assert {entry["text"].unescape() for entry in summary["answers"]} <= answers
    assert {entry["text"].unescape() for entry in summary["unclear"]} <= unclear
    for step in summary["decisions"]:
        [told] = [text for text in decisions if text.startswith(step["does"])]
        assert all(step[part] in told for part in ("planned", "against") if step[part])


def test_the_deck_holds_the_exhibits_that_a_board_asks_for(of_shipped):
    opened = of_shipped("da")
    kinds = [chart.chart_type for chart in charts(opened)]
    assert len([chart for chart in charts(opened) if isinstance(chart.plots[0], LinePlot)]) == 1  # the course of the first headline figure
    assert sum(map(is_field, charts(opened))) == 2  # the priority map, and the break
    assert XL_CHART_TYPE.BAR_STACKED in kinds  # the waterfall
    groups = [shape for slide in opened.slides for shape in slide.shapes if shape.shape_type == MSO_SHAPE_TYPE.GROUP]
    assert len(groups) == 1 and any(shape.has_table for slide in opened.slides for shape in slide.shapes)  # stairs, heat map


def test_what_is_declared_for_a_deck_is_a_result_of_a_notebook():
    assert DECLARED.keys() <= {name.partition(".")[2] for name in results_of_shipped()} | {"key_figures"}


def test_text_is_large_enough_and_charts_are_few_enough_to_be_read(of_shipped, tmp_path):
    for slide in list(of_shipped("da").slides)[1:]:
        sizes = [int(found) for found in re.findall(r' sz="(\d+)"', etree.tostring(slide._element).decode())]
        assert min(sizes) >= 1200
        for chart in [shape.chart for shape in slide.shapes if shape.has_chart]:
            assert min(int(found) for found in re.findall(r' sz="(\d+)"', etree.tostring(chart._chartSpace).decode())) >= 1200
            if is_field(chart):
                assert len(list(chart.plots[0].series)) <= 12
            else:
                assert len(list(chart.plots[0].categories)) <= 8


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_slide_stands_half_empty(of_shipped, language):
    opened = of_shipped(language)
    for slide in list(opened.slides)[1:]:
        title = slide.shapes.title
        content = [shape for shape in slide.shapes if shape.shape_id != title.shape_id and shape.top < opened.slide_height * 0.9]
        room = opened.slide_height * 0.93 - (title.top + title.height)
        filled = max(shape.top + shape.height for shape in content) - min(shape.top for shape in content)
        wide = max(shape.left + shape.width for shape in content) - min(shape.left for shape in content)
        assert filled > 0.8 * room and wide > 0.8 * title.width, slide.shapes.title.text


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_chart_holds_numbers_of_results_json_and_of_the_workbook(of_shipped, language):
    opened = of_shipped(language)
    in_workbook = tables(book_of_shipped(language))
    results = results_of_shipped()
    seen, lines = 0, 0
    for slide in list(opened.slides)[1:]:
        named = re.findall(r"\w+\.\w+\.\w+", slide.notes_slide.notes_text_frame.text.rpartition("\n")[2]) if slide.has_notes_slide else []
        for chart in [shape.chart for shape in slide.shapes if shape.has_chart]:
            seen += 1
            own = numbers_of(results, named[0].rpartition(".")[0])
            known = own | in_points(own) | {abs(value) for value in own if isinstance(value, float)}
            written = {cell for name in named for row in in_workbook[name] for cell in row}
            written |= {abs(value) for value in written if isinstance(value, (int, float))}
            for name, values in figures(chart):
                assert set(values) <= known
                assert set(values) <= written or name == translated(FITTED, language)  # the course is drawn, no table shows it
            for spans in intervals(chart).values():
                lines += 1
                assert all(near(end, known) for span in spans for end in span)
    assert seen >= 8 and lines >= 8


def in_points(shares: set) -> set:
    """The same differences of shares in percentage points, as headings then say."""
    return {float(f"{100 * value:.6g}") for value in shares if isinstance(value, float)}


def numbers_of(results, name: str) -> set:
    return {cell for table in results[name].to_json()["tables"].values() for row in table["rows"] for cell in row}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_data_behind_a_chart_are_what_it_shows(of_shipped, language):
    for chart in charts(of_shipped(language)):
        sheet, plot = behind(chart).active, chart.plots[0]
        columns = [[cell.value for cell in column] for column in sheet.iter_cols()]
        assert sheet.title == "Sheet1"
        if is_field(chart):
            for place, series in enumerate(plot.series):
                x, y = columns[2 * place : 2 * place + 2]
                assert y[0] == series.name and [value for value in y[1:] if value is not None] == [v for v in series.values if v is not None]
                assert [value for value in x[1:] if value is not None] == numbers(series._element.find(qn("c:xVal")))
            continue
        categories, *rest = columns
        assert categories[1:] == list(plot.categories)
        for column, series in zip(rest, plot.series, strict=False):
            assert column[0] == series.name and column[1:] == list(series.values)
        ends = [span for spans in intervals(chart).values() for span in spans]  # beside them, the ends of the intervals
        beside = rest[len(list(plot.series)) :]
        assert len(beside) == (2 if ends else 0)
        for low, high, span in zip(*(column[1:] for column in beside), ends, strict=True) if ends else ():
            assert span == pytest.approx((low, high), rel=2e-6, abs=1e-9)


def test_bars_name_their_figure_draw_its_interval_and_keep_the_order_of_the_table(deck):
    opened = deck({"status": executed("How?", {"Regions": by_group(("North", "South", "West"))})})
    [chart] = charts(opened)
    plot = chart.plots[0]
    assert list(plot.categories) == ["North: 7.25", "South: 6.50", "West: 6.00"]
    assert intervals(chart) == {("Mean", ""): [(7.0, 7.5), (6.0, 7.0), (5.5, 6.5)]}
    assert any("Thin lines: 95% interval." in text for text in texts(opened)) and "Mean" in texts(opened)
    assert list(plot.series[0].values) == [7.25, 6.5, 6.0] and plot.series[0].name == "Mean"
    assert chart.category_axis.reverse_order and chart.value_axis.minimum_scale == 0


def test_of_many_groups_the_ends_of_the_order_are_drawn_and_the_one_spoken_of(deck):
    table = pd.DataFrame({"group": [f"g{n}" for n in range(30)], "mean": [float(n) for n in range(30)]}).assign(low=0.0, high=40.0)
    says = SAYS.finding("high", group="g12", mean=12.0)
    opened = deck({"own": executed("Own", {"Long": Result("long", {"t": table}, (says,), Base(9, 9))})})
    [chart] = charts(opened)
    assert list(chart.plots[0].series[0].values) == [0.0, 1.0, 2.0, 12.0, 26.0, 27.0, 28.0, 29.0]
    assert any("8 of 30 rows; the Excel file has them all." in text for text in texts(opened))


def test_where_a_finding_names_all_of_a_row_that_row_alone_is_marked():
    rows = pd.DataFrame({"touchpoint": ["Bill", "Bill", "Complaint"], "owner": ["Care", "Billing", "Care"]})
    both, one = (SAYS.finding("high", group=group, mean=1.0, **more) for group, more in (("Complaint", {"owner": "Care"}), ("Care", {})))
    assert list(_told(rows, both)) == [False, False, True] and list(_told(rows, one)) == [True, False, True]


@pytest.mark.parametrize(("language", "code"), [("en", "[$-809]#,##0.0"), ("da", "[$-406]#,##0.0"), ("sv", "[$-41D]#,##0.0")])
def test_numbers_of_a_chart_are_written_as_the_language_writes_them(language, code):
    assert number_code("points", language) == f"{code};{code[:7]}\u2212{code[7:]};{code}"
    assert number_code("percent", language).startswith(code[:7] + ("0%" if language == "en" else '0"\u00a0"%'))


def test_names_of_dots_that_lie_close_together_do_not_lie_on_one_another():
    two = [Dots(name, ((x, 0.5),), label=name, across=((x, x),), up=((0.4, 0.6),)) for name, x in (("Service", 1.0), ("Product", 1.2), ("Far", 9.0))]
    assert [each.side for each in _told_apart(tuple(two))][:2] != ["right", "right"]


def test_periods_are_a_line_with_its_interval(deck):
    result = by_group()
    table = result.tables["groups"].rename(columns={"group": "period"}).assign(period=["2024-Q1", "2024-Q2"])
    result = Result("by_period", {"periods": table}, result.findings, result.base)
    [chart] = charts(deck({"status": executed("How?", {"Course": result})}))
    assert chart.plots[0].__class__.__name__ == "LinePlot"
    assert list(chart.plots[0].categories) == ["Q1 2024", "Q2 2024"]
    assert [series.name for series in chart.plots[0].series] == ["Mean"]
    assert intervals(chart) == {("Mean", "y"): [(7.0, 7.5), (6.0, 7.0)]}


def test_the_table_that_holds_the_findings_number_is_drawn(deck):
    other = pd.DataFrame({"group": ["a", "b"], "index": [1.0, 2.0], "low": [0.0, 1.0], "high": [2.0, 3.0]})
    result = by_group()
    both = Result("two", {"other": other, **result.tables}, result.findings, result.base)
    [chart] = charts(deck({"status": executed("How?", {"Two": both})}))
    assert list(chart.plots[0].series[0].values) == [7.25, 6.5]


def test_figures_of_several_kinds_are_a_table_with_the_row_of_the_finding_first(deck):
    mixed = by_group(unit=["mean", "points"]).tables["groups"].rename(columns={"mean": "estimate"})
    says = SAYS.finding("high", group="South", mean=Quantity(6.5, "points"))
    opened = deck({"status": executed("How?", {"Mixed": Result("mixed", {"t": mixed}, (says,), Base(2, 2))})})
    assert charts(opened) == []
    [table] = [shape.table for shape in opened.slides[1].shapes if shape.has_table]
    rows = [[cell.text for cell in row.cells] for row in table.rows]
    assert rows[0] == ["Group", "Answers", "Result", "95% interval"]
    assert rows[1:] == [["South", "80", "6.5", "6.0 to 7.0"], ["North", "120", "7.25", "7.00 to 7.50"]]


def test_a_long_table_says_that_it_goes_on(deck):
    long = pd.DataFrame({"group": [f"g{n}" for n in range(30)], "n": range(30)})
    opened = deck({"own": executed("Own", {"Long": Result("long", {"t": long}, by_group().findings, Base(9, 9))})})
    assert "10 of 30 rows; the Excel file has them all." in texts(opened)


def test_what_no_chart_can_draw_is_shown_as_the_page_draws_it(deck):
    mixed = by_group(unit=["mean", "points"]).tables["groups"].rename(columns={"mean": "estimate"})
    says = SAYS.finding("high", group="South", mean=Quantity(6.5, "points"))
    notebook = executed("Own", {"Mixed": Result("mixed", {"t": mixed}, (says,), Base(2, 2))})
    [drawn, *_] = [output for cell in shipped()["drivers"].cells for output in cell.get("outputs", ()) if SVG in output.get("data", {})]
    notebook.cells[-1].outputs.append(drawn)
    [picture] = [shape for slide in deck({"own": notebook}).slides for shape in slide.shapes if hasattr(shape, "image")]
    assert picture.image.blob == png(drawn["data"][SVG]) and picture._element.nvPicPr.cNvPr.get("descr") == drawn.metadata[SVG]["alt"]
    assert picture.width / picture.height == pytest.approx(picture.image.size[0] / picture.image.size[1], rel=0.01)


def test_hidden_groups_are_not_drawn(deck):
    result = by_group(("North", "South"))
    table = pd.concat([result.tables["groups"], pd.DataFrame({"group": ["Tiny"], "n": [None], "mean": [None]})])
    opened = deck({"status": executed("How?", {"R": Result("r", {"t": table}, result.findings, result.base)})})
    assert not [text for text in texts(opened) if "Tiny" in text] and len(charts(opened)) == 1


def test_notes_hold_base_method_and_where_the_table_is(deck):
    opened = deck({"status": executed("How?", {"Regions": by_group()})}, "da")
    notes = opened.slides[1].notes_slide.notes_text_frame.text
    assert "Grundlag: 200 af 210 rækker; ikke besvaret: 10." in notes
    assert "Prose of Regions in by_group." in notes and "status.by_group.groups" in notes
    assert any(text.startswith("Grundlag: 200 af 210") and "Acme" in text for text in texts(opened))


def test_a_chart_has_a_text_for_readers_who_do_not_see_it(deck):
    opened = deck({"status": executed("How?", {"Regions": by_group()})})
    [frame] = [shape for shape in opened.slides[1].shapes if shape.has_chart]
    said = frame._element.nvGraphicFramePr.cNvPr.get("descr")
    assert said.startswith("North is highest: 7.25.") and "South: 6.50 (6.00 to 7.00)" in said


def test_d08_d17_client_text_stays_text_in_slides_and_in_the_data_of_charts(deck):
    own = [executed("Own", {text: by_group((text, "South"))}) for text in HOSTILE]
    decks = [
        deck({f"own{number}": notebook for number, notebook in enumerate(part)}, client="".join(HOSTILE), period=HOSTILE[0])
        for part in (own[:9], own[9:])
    ]
    drawn = [chart for opened in decks for chart in charts(opened)]
    assert all(opened.slides[0].shapes.title.text == written_text("".join(HOSTILE)) for opened in decks) and len(drawn) == len(HOSTILE)
    for text, chart in zip(HOSTILE, drawn, strict=True):
        assert chart.plots[0].categories[0].label == f"{written_text(text)}: 7.25"
        cells = [cell for row in behind(chart).active.iter_rows() for cell in row if cell.value is not None]
        assert {cell.data_type for cell in cells} == {"s", "n"} and not [cell for cell in cells if cell.hyperlink]
    shapes = [shape for opened in decks for slide in opened.slides for shape in slide.shapes if shape.has_text_frame]
    runs = [run for shape in shapes for paragraph in shape.text_frame.paragraphs for run in paragraph.runs]
    assert runs and not [run.text for run in runs if run.hyperlink.address]


def test_a_formula_as_the_only_label_stays_text_behind_the_chart(deck):
    result = by_group(("=1+1", "=2+2"))
    bare = Result(
        "bare", {"t": result.tables["groups"][["group", "mean", "low", "high"]]}, result.findings, result.base
    )
    [chart] = charts(deck({"status": executed("How?", {"=3": bare})}))
    sheet = behind(chart).active
    assert [(cell.value, cell.data_type) for cell in sheet["A"][1:]] == [
        ("=1+1: 7.25", "s"),
        ("=2+2: 6.50", "s"),
    ]


def test_the_same_report_gives_the_same_bytes_and_names_nobody(file_of_shipped, of_shipped, tmp_path):
    file = file_of_shipped("en")
    assert written_of_shipped(tmp_path / "again.pptx", "en").read_bytes() == file.read_bytes()
    about = of_shipped("en").core_properties
    assert (about.author, about.last_modified_by, about.comments, about.title) == ("", "", "", "Acme")
    assert about.created == about.modified == datetime(2000, 1, 1)
    with zipfile.ZipFile(file) as package:
        names = package.namelist()
        assert {entry.date_time[0] for entry in package.infolist()} == {1980}
    assert not [name for name in names if "printerSettings" in name or "thumbnail" in name]


def test_e11_nothing_but_the_drawn_aggregates_is_behind_a_chart(of_shipped):
    opened = of_shipped("en")
    results = results_of_shipped()
    known = {cell for r in results.values() for t in r.to_json()["tables"].values() for row in t["rows"] for cell in row}
    for chart in charts(opened):
        book = behind(chart)
        assert book.sheetnames == ["Sheet1"] and book.active.max_row <= 25
        seen = {cell.value for row in book.active.iter_rows(min_row=2) for cell in row if isinstance(cell.value, (int, float))}
        floors = set(next(iter(chart.plots[0].series)).values) if chart.chart_type == XL_CHART_TYPE.BAR_STACKED else set()
        steps = {abs(value) for value in known if isinstance(value, float)} if floors else set()
        assert seen <= known | floors | steps | (in_points(known) if "percentage points" in str(book.active["B1"].value) else set())


def test_slides_are_wide_and_carry_the_clients_colour(deck):
    opened = deck({})
    assert opened.slide_width / opened.slide_height == pytest.approx(16 / 9, abs=0.001)
    line = opened.slide_master.shapes[0]
    assert str(line.fill.fore_color.rgb) == "A8321C" and line.width == opened.slide_width
    for page in (opened.slide_master, *opened.slide_layouts):
        assert all(shape.left + shape.width <= opened.slide_width for shape in page.placeholders)


def test_nothing_lies_outside_a_slide(of_shipped):
    opened = of_shipped("da")
    for slide in opened.slides:
        for shape in slide.shapes:
            assert shape.left >= 0 and shape.left + shape.width <= opened.slide_width
            assert shape.top >= 0 and shape.top + shape.height <= opened.slide_height


def own_master(tmp_path, *, titled: bool = True) -> bytes:
    """A .potx as a client has it: 4:3, an accent of its own, a footer, and a slide with a section that must not stay."""
    made = pptx.Presentation()
    made.slides.add_slide(made.slide_layouts[0]).shapes.title.text = "Old slide"
    section = f'<p:extLst {nsdecls("p")}><p:ext uri="{{521415D9-36F7-43E2-AB2F-B90AF26B5E84}}"/></p:extLst>'
    made.part._element.append(parse_xml(section))
    for layout in made.slide_layouts:
        for shape in [] if titled else list(layout.placeholders):
            shape._element.getparent().remove(shape._element)
    whole = io.BytesIO()
    made.save(whole)
    packed = io.BytesIO()
    with zipfile.ZipFile(whole) as old, zipfile.ZipFile(packed, "w") as new:
        for name in old.namelist():
            data = old.read(name).replace(b"4F81BD", b"7A1F5C")
            new.writestr(name, data.replace(b"presentation.main+xml", b"template.main+xml"))
    return packed.getvalue()


def test_slides_stand_on_the_clients_own_master(tmp_path):
    potx, file = own_master(tmp_path), tmp_path / "own.pptx"
    write_slides(file, shipped(), cover("sv"), potx)
    opened = pptx.Presentation(str(file))
    titles = [slide.shapes.title.text for slide in opened.slides]
    assert titles[0] == "Acme" and "Old slide" not in titles and len(titles) >= 12
    assert (opened.slide_width, opened.slide_height) == (9144000, 6858000)
    for slide in opened.slides:
        for shape in slide.shapes:
            assert shape.left >= 0 and shape.left + shape.width <= opened.slide_width
            assert shape.top >= 0 and shape.top + shape.height <= opened.slide_height
    fill = next(c for c in charts(opened) if c.chart_type == XL_CHART_TYPE.BAR_CLUSTERED).plots[0].series[0].format.fill.fore_color
    assert fill.theme_color == MSO_THEME_COLOR.ACCENT_1  # the master's colour, not the folder's
    with zipfile.ZipFile(file) as package:
        assert b"presentation.main+xml" in package.read("[Content_Types].xml")
        assert b"521415D9" not in package.read("ppt/presentation.xml")
        assert not [name for name in package.namelist() if b"Old slide" in package.read(name)]
    first, again = tmp_path / "first.pptx", tmp_path / "again.pptx"
    for each in (first, again):
        write_slides(each, {"status": shipped()["status"]}, cover("sv"), potx)
    assert first.read_bytes() == again.read_bytes()


def test_a_master_without_a_title_says_what_to_do(tmp_path):
    with pytest.raises(ValueError, match="no layout with a title; add one, or remove `template`"):
        write_slides(tmp_path / "x.pptx", {}, cover(), own_master(tmp_path, titled=False))


def test_few_answers_and_steps_share_a_slide_and_many_have_one_each(tmp_path):
    entry = {"text": Markup("Lift &amp; shift."), "tone": "good", "file": "x.html", "title": "Drivers", "does": "Lift & shift.", "planned": None, "against": "Dear."}
    for answers, titles in ((1, ["Acme", "Svarene kort"]), (3, ["Acme", "Svarene kort", "De næste skridt: det vigtigste først"])):
        write_slides(tmp_path / "x.pptx", {}, cover("da"), None, {"answers": [entry] * answers, "decisions": [entry]})
        opened = pptx.Presentation(str(tmp_path / "x.pptx"))
        assert [slide.shapes.title.text for slide in opened.slides] == titles
        assert texts(opened).count("Lift & shift.") == answers and sum("Det, der taler imod: Dear." in text for text in texts(opened)) == 1


def test_bars_that_the_finding_speaks_of_are_in_colour_and_the_others_pale(deck):
    [chart] = charts(deck({"status": executed("How?", {"Regions": by_group(("North", "South", "West"))})}))
    figure = chart.plots[0].series[0]
    assert str(figure.points[0].format.fill.fore_color.rgb) == "A8321C"
    assert str(figure.format.fill.fore_color.rgb) == "C3CDD5"


def test_money_is_drawn_in_millions_and_says_so(deck):
    says = SAYS.finding("high", group="a", mean=2.5e6)
    table = pd.DataFrame({"initiative": ["a", "b"], "p10": [1e6, -2e6], "expected": [2.5e6, -1e6], "p90": [4e6, 5e5]})
    [chart] = charts(deck({"own": executed("Own", {"Money": Result("m", {"t": table}, (says,), Base(2, 2))})}))
    assert list(chart.plots[0].series[0].values) == [2.5e6, -1e6]
    assert next(iter(chart.plots[0].categories)) == "a: 2.5\u00a0million\u00a0DKK"
    assert intervals(chart) == {("Expected value, DKK", ""): [(1e6, 4e6), (-2e6, 5e5)]}
    assert chart.value_axis.minimum_scale < -1e6 < 2.5e6 < chart.value_axis.maximum_scale  # room for the labels


def test_a_tipping_point_is_drawn_along_the_service_level_with_its_place_and_interval(of_shipped):
    [field] = [c for c in charts(of_shipped("da")) if is_field(c) and c.category_axis.axis_title.text_frame.text == "Ventetid i telefonen, minutter"]
    means, place, course = field.plots[0].series
    result = results_of_shipped()["tipping_points.tipping_points"]
    verdict, bins = result.tables["verdicts"].iloc[0], result.tables["bins"]
    assert list(filter(None, means.values)) == list(bins[bins.service == verdict.service]["mean"])
    assert numbers(place._element.find(qn("c:xVal"))) == [verdict.point] * 2 and place.name.startswith("8")
    assert intervals(field)[place.name, "x"][0] == (verdict.low, verdict.high)
    jump = [abs(b - a) for a, b in pairwise(filter(None, course.values))]
    assert max(jump) > 1  # both sides of the leap are drawn


def test_the_priority_map_parts_areas_where_the_result_does(of_shipped):
    result = results_of_shipped()["drivers.where_to_act"]
    [field] = [c for c in charts(of_shipped("da")) if is_field(c) and c.category_axis.axis_title.text_frame.text == "Indeks (0–100)"]
    crossing = [float(axis._element.find(qn("c:crossesAt")).get("val")) for axis in (field.category_axis, field.value_axis)]
    assert crossing == [result.settings["cut_impact"], result.settings["cut_index"]]
    assert [series.name for series in field.plots[0].series] == list(result.tables["areas"].block)


def test_differences_of_shares_are_drawn_in_percentage_points(deck):
    table = pd.DataFrame({"block": ["a", "b"], "win": [0.0756101, 0.02], "win_low": [0.05, 0.0], "win_high": [0.09, 0.04]})
    says = SAYS.finding("high", group="a", mean=0.0756101)
    [chart] = charts(deck({"own": executed("Own", {"Win": Result("w", {"t": table}, (says,), Base(2, 2))})}))
    figure = chart.plots[0].series[0]
    assert list(figure.values) == [7.56101, 2.0] and next(iter(chart.plots[0].categories))== "a: +7.6"
    assert "percentage points" in figure.name


def test_without_a_colour_of_its_own_a_client_gets_the_default(tmp_path):
    write_slides(tmp_path / "x.pptx", {}, Cover(client="Acme", language="sv"))
    assert len(pptx.Presentation(str(tmp_path / "x.pptx")).slides) == 1
