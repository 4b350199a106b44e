"""Every finding of three demo clients, one in each language, as a reader reads it: a changed sentence is seen in review.

`make golden` writes tests/golden anew; read the difference before it is committed.
"""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from cxlib.analyses.result import Result
from cxlib.report.lines import finding_line
from tests.conftest import ROOT

GOLDEN = ROOT / "tests" / "golden"
CLIENTS = {"nordlys": "da", "fjordbanken": "sv", "harbour": "en"}


def sentences(report: Path) -> Iterator[str]:
    """Each finding of a report in its order: result, key and sentence, under the name of its notebook."""
    results = json.loads((report / "results.json").read_text(encoding="utf-8"))
    for name, notebook in results["notebooks"].items():
        yield f"[{name}]" + (f" {notebook['reason']}" if notebook["reason"] else "")
        for result in map(Result.from_json, notebook["results"]):
            for finding in result.findings:
                said = finding_line(finding, results["language"], results["currency"])
                yield f"{result.name} | {finding.key} | {said}"


@pytest.mark.parametrize("client", CLIENTS)
def test_findings_read_as_they_were_approved(client, demo_reports, request):
    told = "\n".join(sentences(demo_reports / client)) + "\n"
    file = GOLDEN / f"{client}.{CLIENTS[client]}.txt"
    if request.config.getoption("--refresh-golden"):
        GOLDEN.mkdir(exist_ok=True)
        file.write_text(told, encoding="utf-8")
    assert told == file.read_text(encoding="utf-8")


def test_golden_sentences_are_there_for_every_language():
    assert {file.name for file in GOLDEN.iterdir()} == {f"{client}.{language}.txt" for client, language in CLIENTS.items()}
