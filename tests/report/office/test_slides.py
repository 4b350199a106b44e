"""Slides say the main findings, their charts hold the numbers of results.json, and client text stays text."""

import io
import re
import zipfile
from datetime import datetime
from functools import cache

import openpyxl
import pandas as pd
import pytest
from markupsafe import Markup

pptx = pytest.importorskip("pptx", reason="python-pptx is not installed; it comes with the extra pptx")

from pptx.enum.dml import MSO_THEME_COLOR  # noqa: E402
from pptx.oxml import parse_xml  # noqa: E402
from pptx.oxml.ns import nsdecls  # noqa: E402

from cxlib.analyses.result import Base, Quantity, Result, Sentences  # noqa: E402
from cxlib.languages import LANGUAGES  # noqa: E402
from cxlib.report.cover import Cover  # noqa: E402
from cxlib.report.drawings import png  # noqa: E402
from cxlib.report.front_page.overview import page_findings  # noqa: E402
from cxlib.report.office.chapters import chapters, finding_text  # noqa: E402
from cxlib.report.office.slides import write_slides  # noqa: E402
from cxlib.report.office.workbook import write_workbook  # noqa: E402
from tests.report.executed import executed, results_of, shipped  # noqa: E402
from tests.report.office.test_workbook import HOSTILE, cover, tables, written_text  # noqa: E402

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
def of_shipped(tmp_path_factory):
    """of_shipped(language) -> the slides of the shipped notebooks."""

    @cache
    def opened(language):
        file = tmp_path_factory.mktemp("slides") / "acme.pptx"
        write_slides(file, shipped(), cover(language))
        return pptx.Presentation(str(file))

    return opened


def charts(opened) -> list:
    return [shape.chart for slide in opened.slides for shape in slide.shapes if shape.has_chart]


def texts(opened) -> list[str]:
    shapes = [shape for slide in opened.slides for shape in slide.shapes]
    said = [shape.text_frame.text for shape in shapes if shape.has_text_frame]
    cells = [cell.text for shape in shapes if shape.has_table for row in shape.table.rows for cell in row.cells]
    notes = [slide.notes_slide.notes_text_frame.text for slide in opened.slides if slide.has_notes_slide]
    return [*said, *cells, *notes, *(name for chart in charts(opened) for name in chart.plots[0].categories)]


def behind(chart) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(chart.part.chart_workbook.xlsx_part.blob))


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_main_finding_has_its_slide_in_the_language(of_shipped, language):
    opened = of_shipped(language)
    expected = []
    for chapter in chapters(shipped(), language):
        results = [result for section in chapter.sections for result in section.results]
        page = {"file": chapter.name, "results": results, "answer": chapter.answer}
        expected.append([finding_text(finding, language, "DKK") for finding in page_findings(page)])
    said = [slide for slide in opened.slides if not any(hasattr(shape, "image") for shape in slide.shapes)]
    titles = [slide.shapes.title.text for slide in said]
    assert titles[0] == "Acme" and len(titles) > 12 and len(titles) == len(set(titles))
    assert set(titles[1:]) <= {text for page in expected for text in page} and {page[0] for page in expected} <= set(titles)
    assert {"en": "Customer report", "da": "Kunderapport", "sv": "Kundrapport"}[language] in texts(opened)[1]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_chart_holds_numbers_of_results_json_and_of_the_workbook(of_shipped, tmp_path, language):
    opened = of_shipped(language)
    write_workbook(tmp_path / "acme.xlsx", shipped(), cover(language))
    in_workbook = tables(openpyxl.load_workbook(tmp_path / "acme.xlsx"))
    results = results_of(shipped())
    seen = 0
    for slide in list(opened.slides)[1:]:
        named = re.findall(r"\w+\.\w+\.\w+", slide.notes_slide.notes_text_frame.text.rpartition("\n")[2])
        for chart in [shape.chart for shape in slide.shapes if shape.has_chart]:
            seen += 1
            for series in chart.plots[0].series:
                values = set(series.values)
                own = set().union(*(numbers_of(results, name) for name in named))
                assert values <= own | in_points(own)
                assert values <= {cell for name in named for row in in_workbook[name] for cell in row}
    assert seen > 10


def in_points(shares: set) -> set:
    """The same differences of shares in percentage points, as headings then say."""
    return {float(f"{100 * value:.6g}") for value in shares if isinstance(value, float)}


def numbers_of(results, name: str) -> set:
    result, _, table = name.rpartition(".")
    return {cell for row in results[result].to_json()["tables"][table]["rows"] for cell in row}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_data_behind_a_chart_are_what_it_shows(of_shipped, language):
    for chart in charts(of_shipped(language)):
        sheet = behind(chart).active
        plot = chart.plots[0]
        rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
        assert sheet.title == "Sheet1" and rows[0][1:] == [series.name for series in plot.series]
        assert [row[0] for row in rows[1:]] == list(plot.categories)
        for place, series in enumerate(plot.series, 1):
            assert [row[place] for row in rows[1:]] == list(series.values)


def test_bars_name_n_and_interval_and_keep_the_order_of_the_table(deck):
    [chart] = charts(deck({"status": executed("How?", {"Regions": by_group(("North", "South", "West"))})}))
    plot = chart.plots[0]
    assert list(plot.categories) == [
        "North (n = 120; 7.00 to 7.50)",
        "South (n = 80; 6.00 to 7.00)",
        "West (n = 60; 5.50 to 6.50)",
    ]
    assert list(plot.series[0].values) == [7.25, 6.5, 6.0] and plot.series[0].name == "Mean"
    assert chart.chart_title.text_frame.text == "Mean; in brackets: n; 95% interval"
    assert chart.category_axis.reverse_order and chart.value_axis.minimum_scale == 0
    assert plot.series[0].data_labels.number_format == "#,##0.00"


def test_periods_are_a_line_with_its_interval(deck):
    result = by_group()
    table = result.tables["groups"].rename(columns={"group": "period"}).assign(period=["2024-Q1", "2024-Q2"])
    result = Result("by_period", {"periods": table}, result.findings, result.base)
    [chart] = charts(deck({"status": executed("How?", {"Course": result})}))
    assert chart.plots[0].__class__.__name__ == "LinePlot"
    assert list(chart.plots[0].categories) == ["Q1 2024 (n = 120)", "Q2 2024 (n = 80)"]
    names = ["Mean", "95% interval, lower end", "95% interval, upper end"]
    assert [series.name for series in chart.plots[0].series] == names


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
    assert "10 of 30 rows; the workbook has them all." in texts(opened)


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_chart_that_a_notebook_drew_stands_behind_the_slides(of_shipped, language):
    drawn = [picture for chapter in chapters(shipped(), language) for section in chapter.sections for picture in section.pictures]
    shown = [shape for slide in of_shipped(language).slides for shape in slide.shapes if hasattr(shape, "image")]
    assert len(drawn) > 10
    assert [shape.image.blob for shape in shown] == [png(picture.svg) for picture in drawn]
    assert [shape._element.nvPicPr.cNvPr.get("descr") for shape in shown] == [picture.alt for picture in drawn]
    ratios = [(shape.width / shape.height, shape.image.size[0] / shape.image.size[1]) for shape in shown]
    assert all(on_slide == pytest.approx(as_drawn, rel=0.01) for on_slide, as_drawn in ratios)


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
    assert said.startswith("North is highest: 7.25.") and "South (n = 80; 6.00 to 7.00): 6.50" in said


def test_d08_d17_client_text_stays_text_in_slides_and_in_the_data_of_charts(deck):
    notebooks = {
        f"own{number}": executed("Own", {text: by_group((text, "South"))}) for number, text in enumerate(HOSTILE)
    }
    opened = deck(notebooks, client="".join(HOSTILE), period=HOSTILE[0])
    drawn = charts(opened)
    assert opened.slides[0].shapes.title.text == written_text("".join(HOSTILE)) and len(drawn) == len(HOSTILE)
    for text, chart in zip(HOSTILE, drawn, strict=True):
        assert chart.plots[0].categories[0].label == f"{written_text(text)} (n = 120; 7.00 to 7.50)"
        cells = [cell for row in behind(chart).active.iter_rows() for cell in row if cell.value is not None]
        assert {cell.data_type for cell in cells} == {"s", "n"} and not [cell for cell in cells if cell.hyperlink]
    shapes = [shape for slide in opened.slides for shape in slide.shapes if shape.has_text_frame]
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
        ("=1+1 (7.00 to 7.50)", "s"),
        ("=2+2 (6.00 to 7.00)", "s"),
    ]


def test_the_same_report_gives_the_same_bytes_and_names_nobody(tmp_path):
    for name in ("a.pptx", "b.pptx"):
        write_slides(tmp_path / name, shipped(), cover())
    assert (tmp_path / "a.pptx").read_bytes() == (tmp_path / "b.pptx").read_bytes()
    about = pptx.Presentation(str(tmp_path / "a.pptx")).core_properties
    assert (about.author, about.last_modified_by, about.comments, about.title) == ("", "", "", "Acme")
    assert about.created == about.modified == datetime(2000, 1, 1)
    with zipfile.ZipFile(tmp_path / "a.pptx") as package:
        names = package.namelist()
        assert {entry.date_time[0] for entry in package.infolist()} == {1980}
    assert not [name for name in names if "printerSettings" in name or "thumbnail" in name]


def test_e11_nothing_but_the_drawn_aggregates_is_behind_a_chart(of_shipped):
    opened = of_shipped("en")
    results = results_of(shipped())
    known = {cell for r in results.values() for t in r.to_json()["tables"].values() for row in t["rows"] for cell in row}
    for chart in charts(opened):
        book = behind(chart)
        assert book.sheetnames == ["Sheet1"] and book.active.max_row <= 25
        numbers = {cell.value for row in book.active.iter_rows(min_row=2, min_col=2) for cell in row}
        assert numbers <= known | (in_points(known) if "percentage points" in book.active["B1"].value else set())


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
    assert titles[0] == "Acme" and "Old slide" not in titles and len(titles) > 12
    assert (opened.slide_width, opened.slide_height) == (9144000, 6858000)
    for slide in opened.slides:
        for shape in slide.shapes:
            assert shape.left >= 0 and shape.left + shape.width <= opened.slide_width
            assert shape.top >= 0 and shape.top + shape.height <= opened.slide_height
    fill = charts(opened)[0].plots[0].series[0].format.fill.fore_color
    assert fill.theme_color == MSO_THEME_COLOR.ACCENT_1  # the master's colour, not the folder's
    with zipfile.ZipFile(file) as package:
        assert b"presentation.main+xml" in package.read("[Content_Types].xml")
        assert b"521415D9" not in package.read("ppt/presentation.xml")
        assert not [name for name in package.namelist() if b"Old slide" in package.read(name)]
    write_slides(tmp_path / "again.pptx", shipped(), cover("sv"), potx)
    assert (tmp_path / "again.pptx").read_bytes() == file.read_bytes()


def test_a_master_without_a_title_says_what_to_do(tmp_path):
    with pytest.raises(ValueError, match="no layout with a title; add one, or remove `template`"):
        write_slides(tmp_path / "x.pptx", {}, cover(), own_master(tmp_path, titled=False))


def test_answers_and_steps_are_slides_of_their_own(tmp_path):
    entry = {"text": Markup("Lift &amp; shift."), "tone": "good", "file": "x.html", "title": "Drivers"}
    write_slides(tmp_path / "x.pptx", {}, cover("da"), None, {"answers": [entry], "steps": [entry, entry]})
    opened = pptx.Presentation(str(tmp_path / "x.pptx"))
    titles = [slide.shapes.title.text for slide in opened.slides]
    assert titles == ["Acme", "Svarene kort", "De næste skridt: de vigtigste indsatser"]
    assert texts(opened).count("Lift & shift.") == 3 and texts(opened).count("Drivers") == 3


def test_bars_that_the_finding_speaks_of_are_in_colour_and_the_others_pale(deck):
    [chart] = charts(deck({"status": executed("How?", {"Regions": by_group(("North", "South", "West"))})}))
    figure = chart.plots[0].series[0]
    assert str(figure.points[0].format.fill.fore_color.rgb) == "A8321C"
    assert str(figure.format.fill.fore_color.rgb) == "C3CDD5"


def test_money_is_drawn_in_millions_and_says_so(deck):
    says = SAYS.finding("high", group="a", mean=2.5e6)
    table = pd.DataFrame({"initiative": ["a", "b"], "p10": [1e6, -2e6], "p50": [2.5e6, -1e6], "p90": [4e6, 5e5]})
    [chart] = charts(deck({"own": executed("Own", {"Money": Result("m", {"t": table}, (says,), Base(2, 2))})}))
    assert chart.chart_title.text_frame.text == "Middle (P50), million\u00a0DKK; in brackets: 80% range"
    assert list(chart.plots[0].series[0].values) == [2.5e6, -1e6]
    assert chart.plots[0].series[0].data_labels.number_format == "#,##0.0,,"
    assert next(iter(chart.plots[0].categories)) == "a (1.0\u00a0million to 4.0\u00a0million\u00a0DKK)"
    assert chart.value_axis.minimum_scale < -1e6 < 2.5e6 < chart.value_axis.maximum_scale  # room for the labels


def test_a_tipping_point_is_drawn_along_the_service_level(of_shipped):
    [line] = [chart for chart in charts(of_shipped("da")) if list(chart.plots[0].categories)[:2] == ["1–2", "3–4"]]
    assert next(iter(line.plots[0].series)).name.startswith("Ventetid i telefonen, minutter")


def test_differences_of_shares_are_drawn_in_percentage_points(deck):
    table = pd.DataFrame({"block": ["a", "b"], "win": [0.0756101, 0.02], "win_low": [0.05, 0.0], "win_high": [0.09, 0.04]})
    says = SAYS.finding("high", group="a", mean=0.0756101)
    [chart] = charts(deck({"own": executed("Own", {"Win": Result("w", {"t": table}, (says,), Base(2, 2))})}))
    figure = chart.plots[0].series[0]
    assert list(figure.values) == [7.56101, 2.0] and "%" not in figure.data_labels.number_format
    assert "percentage points" in figure.name


def test_without_a_colour_of_its_own_a_client_gets_the_default(tmp_path):
    write_slides(tmp_path / "x.pptx", {}, Cover(client="Acme", language="sv"))
    assert len(pptx.Presentation(str(tmp_path / "x.pptx")).slides) == 1
