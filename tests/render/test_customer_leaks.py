"""No customer's id in a published file: found wherever it stands, fast, and no false alarm from words and figures of a report."""

import json
import random
import time
import zipfile

import pytest
import xlsxwriter

from cxlib.render.leaks import Leak, scan_for_customers, sought


def written(folder, text, name="page.html"):
    file = folder / name
    file.write_text(text, encoding="utf-8")
    return file


def workbook(folder, *cells, alt=""):
    file = folder / "report.xlsx"
    with xlsxwriter.Workbook(file) as book:
        sheet = book.add_worksheet()
        for row, cell in enumerate(cells):
            sheet.write(row, 0, cell)
        if alt:
            chart = book.add_chart({"type": "bar"})
            chart.add_series({"values": ["Sheet1", 0, 0, 3, 0]})
            sheet.insert_chart(5, 5, chart, {"description": alt})
    return file


IDS = ["K000417", "R0001", "12-3456", "anna@example.dk", "Anna Jensen", "1234567", "9081726354", "45678", "98765", "æ-17b", "a1b2c3d4-0000-4000-8000-000000000001"]


@pytest.mark.parametrize("each", IDS)
@pytest.mark.parametrize("made", [
    lambda folder, each: written(folder, f"<p>Kunder</p><td>{each}</td>"),
    lambda folder, each: written(folder, f'<svg><title>{each}</title><path d="M1 2"/></svg>'),
    lambda folder, each: written(folder, f'<img alt="{each}">'),
    lambda folder, each: written(folder, json.dumps({"rows": [["x", each]]}, ensure_ascii=False), "results.json"),
    lambda folder, each: workbook(folder, "Kunde", each),
    lambda folder, each: workbook(folder, 3, 4, 5, alt=each),
], ids=["cell", "drawing", "alt", "json", "xlsx", "xlsx alt"])  # fmt: skip
def test_an_id_is_found_wherever_a_reader_sees_it(made, each, tmp_path):
    file = made(tmp_path, each)
    with pytest.raises(Leak, match="names a customer by id") as leak:
        scan_for_customers([file], IDS, tmp_path)
    assert each not in str(leak.value)  # the message goes into a log


@pytest.mark.parametrize("each", ["K000417", "R0001", "12-3456", "anna@example.dk", "Anna Jensen", "1234567"])
def test_an_id_within_a_sentence_or_an_output_is_found(each, tmp_path):
    outputs = [{"output_type": "stream", "text": [f"ring til {each}, i dag"]}]
    notebook = json.dumps({"cells": [{"cell_type": "code", "outputs": outputs}]}, ensure_ascii=False)
    for file in (written(tmp_path, f"<p>Ring til {each}.</p>"), written(tmp_path, notebook, "page.ipynb")):
        with pytest.raises(Leak):
            scan_for_customers([file], [each], tmp_path)


def test_figures_of_a_report_are_nobodys_id(tmp_path):
    rng = random.Random(1)
    ids = [*map(str, range(1, 3000)), *map(str, range(10_000, 30_000)), *map(str, range(1_000_000, 1_200_000, 7)), "2025", "blue", "Anna"]
    figures = [rng.uniform(-2e6, 2e6) for _ in range(2000)] + list(range(1_000_000, 1_001_000)) + list(range(12_000, 12_500))
    drawing = "".join(f'<path d="M{x:.1f} {y}" x="{y}"/>' for x, y in zip(figures, figures[::-1], strict=True))
    page = f"<style>.a{{color:#123456;width:10000px}}</style><p>2025: blue, 1.234.567 kr., 12 345 svar, Anna 0.1000007</p><svg>{drawing}</svg>"
    results = json.dumps({"rows": [[x, round(x), "2025"] for x in figures], "n": 1000006, "nested": {"low": 1000013.0}}, indent=1)
    files = [written(tmp_path, page), written(tmp_path, results, "results.json"), workbook(tmp_path, *figures, *range(12_000, 12_500))]
    assert scan_for_customers(files, ids, tmp_path) == 3


def test_words_of_a_report_and_of_the_settings_are_nobodys_id(tmp_path):
    written(tmp_path, "segments: {team: Aalborg 3}", "client.yml")
    page = written(tmp_path, "<p>Aalborg 3: percent1, Q4 2025, signed_ends_fine</p>")
    assert scan_for_customers([page], ["Aalborg 3", "percent1", "signed_ends_fine"], tmp_path) == 1


def test_part_of_another_word_is_no_id(tmp_path):
    page = written(tmp_path, "<p>K0004179, XK000417, 123.1234567, 51234567</p>")
    assert scan_for_customers([page], ["K000417", "1234567"], tmp_path) == 1


def test_which_ids_are_looked_for():
    found = sought(["7", "2025", "45678", "1234567", "K1", "blue", "K0417", "Anna Jensen"])
    assert set(found.words) == {"K0417", "Jensen"}
    assert (found.numbers, found.alone) == (frozenset({"1234567"}), frozenset({"45678"}))


def test_a_hundred_thousand_ids_over_forty_files_take_under_two_seconds(tmp_path):
    rng = random.Random(1)
    ids = [f"K{n:06d}" for n in range(50_000)] + [f"12-{n:05d}" for n in range(25_000)] + [str(10_000_000 + 7 * n) for n in range(25_000)]
    words = ["kunder", "svar", "æbler – nu", "K000x", "7,4", "point", "<b>Salg</b>", '<path d="M12.5 80.1 L44.0 9.3"/>', "2025", "0.297368", "1.234"]
    files = [written(tmp_path, f"<p>{' '.join(rng.choices(words, k=25_000))}</p>", f"page{n}.html") for n in range(40)]
    assert sum(file.stat().st_size for file in files) > 8_000_000
    begun = time.process_time()
    assert scan_for_customers(files, ids, tmp_path) == 40
    assert time.process_time() - begun < 2


def test_an_office_file_with_parts_that_are_no_text_is_read(tmp_path):
    file = workbook(tmp_path, "Kunde")
    with zipfile.ZipFile(file, "a") as archive:
        archive.writestr("xl/media/image1.png", bytes(range(256)))
    assert scan_for_customers([file], ["K000417"], tmp_path) == 1
