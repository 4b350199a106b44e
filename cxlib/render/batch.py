"""Many clients, a process each: an error in one leaves the others unharmed."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

from cxlib.render.report import render_client


@dataclass(frozen=True)
class ClientOutcome:
    """One client of a run: the published folder, or the error in words."""

    client: str
    report: Path | None = None
    error: str = ""


def rendered_clients(clients: Sequence[str], out: Path, *, jobs: int = 1, **options) -> Iterator[ClientOutcome]:
    """Renders each client in a process of its own, `jobs` at a time, and yields each as it ends.

    A fresh process for each client: nothing of one client can be left in memory for the next.
    """
    out = out.resolve()
    with ProcessPoolExecutor(min(jobs, len(clients)), get_context("spawn"), max_tasks_per_child=1) as pool:
        runs = [pool.submit(_outcome, client, out, options) for client in clients]
        for run in as_completed(runs):
            yield run.result()


def _outcome(client: str, out: Path, options: dict) -> ClientOutcome:
    try:
        return ClientOutcome(client, render_client(client, out, **options))
    except Exception as error:  # every failure of one client becomes a line of the summary
        return ClientOutcome(client, error=f"{error}" or type(error).__name__)
