"""Does every layout of client.yml that `cx check` takes become a report? One small client for each, rendered whole.

`python -m tests.invariants.layouts` writes layouts.csv beside this file (a quarter of an hour): for each layout its
parts, the traits of its data that are not the plain ones, what `cx check` found wrong, how many pages were made and how
many left out, and what went wrong, or nothing.
"""

import os
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict
from functools import partial
from itertools import combinations
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd

from cxlib.render.run.processes import prepare
from tests.invariants.clients import COURSES, LEVELS, OUTCOMES, PARTS, SCALES, Client, Traits, laid_out
from tests.render.factory import start

KEPT = Path(__file__).with_suffix(".csv")
ALONE = tuple(part for part in PARTS if part not in ("expectation", "repeated", "wallet"))  # these three need another
DRAWS = {"resamples": 40, "draws": 199}
# Data that are odd in one way, under all parts of client.yml at once.
ODD: tuple[dict, ...] = (
    *({"items": items} for items in (1, 3)),
    *({"scale": scale, "area_scale": scale} for scale in SCALES),
    *({"rows": rows, "contacts": rows, "customers": rows} for rows in (1, 4, 12, 40)),
    *({"groups": groups} for groups in (1, 2, 5)),
    *({"periods": periods, "waves": min(periods, 3)} for periods in (1, 6)),
    *({"routed": routed} for routed in (0.3, 0.6, 0.95)),
    *({"raters": raters} for raters in (1, 2, 3)),
    *({"level": level} for level in LEVELS),
    *({"course": course} for course in COURSES),
    *({"outcome": outcome} for outcome in OUTCOMES),
    {"best": "low"}, {"direction": "higher"}, {"best": "low", "direction": "higher"},
    {"reversed": True}, {"constant": True}, {"constant": True, "items": 1}, {"tied": True}, {"tied": True, "items": 1},
    {"alike": True}, {"codes": True, "missing": 0.1}, {"missing": 0.0}, {"missing": 0.4}, {"odd": True}, {"targets": False},
    {"bent": True}, {"effects": (0.0, 0.0, 0.0)}, {"effects": (0.8, -0.5, 0.3)}, {"language": "da"}, {"language": "sv"},
)  # fmt: skip


def layouts() -> Iterator[Client]:
    """Every part of client.yml alone, every two of them, and all together with data odd in one way."""
    few = Traits(rows=60, contacts=70, raters=6, customers=120)
    for parts in (*((part,) for part in ALONE), *combinations(ALONE, 2)):
        yield laid_out(parts, few, seed=len(parts), name="-".join(parts))
    for number, traits in enumerate(ODD):
        yield laid_out(PARTS, Traits(**traits), seed=number, name=f"all-{number}")


def tried(client: Client, root: Path) -> dict[str, object]:
    """What became of a layout: its row of the table."""
    from cxlib.engagement.checking import problems
    from cxlib.engagement.problems import errors
    from cxlib.render.report import build_report
    from cxlib.render.request import Request

    os.environ["CX_CLIENTS"] = str(root / "clients")
    client.written(root / "clients")
    plain = asdict(Traits())
    traits = {name: value for name, value in asdict(client.traits).items() if value != plain[name]}
    row = {"layout": client.id, "traits": traits if client.id.startswith("all-") else {}, "check": "", "pages": 0, "failed": ""}
    try:
        if wrong := errors(problems(client.id)):
            return row | {"check": str(wrong[0])}
        report = build_report(client.id, root / "out", Request(parameters=DRAWS))
    except Exception as failure:
        return row | {"failed": f"{type(failure).__name__}: {str(failure).splitlines()[0]}"}
    return row | {"pages": len(list(report.folder.glob("[0-9]*.html")))}


def swept(root: Path) -> list[dict[str, object]]:
    """What became of every layout."""
    return [tried(client, root) for client in layouts()]


def together(clients: list[str], out: Path) -> list:
    """The outcomes of one run over clients that CX_CLIENTS leads to."""
    from cxlib.render.batch import rendered_clients
    from cxlib.render.request import Request

    return list(rendered_clients(clients, out, Request(parameters=DRAWS)))


def main() -> None:
    """Sweeps in a process of one thread, which can fork: a page then takes a second, not five."""
    prepare()  # the process below inherits what this sets
    rows = []
    with TemporaryDirectory() as folder, ProcessPoolExecutor(1, get_context("spawn"), initializer=start) as pool:
        for row in pool.map(partial(tried, root=Path(folder)), layouts()):
            rows.append(row)
            print(row, flush=True)
    pd.DataFrame(rows).to_csv(KEPT, index=False)


if __name__ == "__main__":
    main()
