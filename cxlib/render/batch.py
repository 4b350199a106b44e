"""Many clients, a process each: an error in one leaves the others unharmed, and nothing is done twice."""

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from itertools import chain
from multiprocessing import get_context
from pathlib import Path
from typing import NamedTuple

import yaml
from filelock import Timeout

from cxlib.engagement import DataError, client_folder, open_client
from cxlib.engagement.folder import whole_of
from cxlib.render.publish import BUILDS, WAIT, Busy
from cxlib.render.request import Request
from cxlib.render.run.processes import can_fork, prepare, warm
from cxlib.render.staleness import REPORT, read_manifest, why, workbook
from cxlib.render.stores import at_hand, carried, in_a_fork, is_store, reached, within

FAILURES = "failures.json"
DONE, FAILED, DISK, BUSY = 0, 1, 74, 75  # exit codes; the last two as in sysexits.h


@dataclass(frozen=True)
class ClientOutcome:
    """One client of a run: the published report's place and the pages it lacks, or the error in words with its exit code."""

    client: str
    report: Path | str | None = None
    made: tuple[str, ...] = ()
    searched: int = 0
    refused: Mapping[str, str] = field(default_factory=dict)
    error: str = ""
    code: int = DONE


def rendered_clients(
    clients: Sequence[str],
    out: Path | str,
    request: Request | None = None,
    *,
    jobs: int = 1,
    force: bool = False,
    wait: float = WAIT,
    scheduler: str = "",
) -> Iterator[ClientOutcome]:
    """Renders each client in a process of its own, `jobs` at a time, and yields each as it ends.

    out : a folder, or the address of a store, as in s3://bucket/reports
    scheduler : the address of a Dask cluster that does the work instead, as in tcp://host:8786

    A client whose report is fresh starts no process. Nothing of one client can be left in memory for the next.
    """
    out, request = out if is_store(out) else out.resolve(), request or Request()
    workbook()  # hashed once: the pages of a run all rest on the same
    needed = partial(_needed, clients, out, request, force)
    seen = in_a_fork(needed) if reached(out) else needed()
    stale = [client for client, state in seen.items() if state.made]
    names = {client: state.name for client, state in seen.items() if state.name}
    options = {"width": max(1, jobs // max(1, len(stale))), "force": force, "wait": wait}
    tasks = {client: partial(_rendered, client, out, request, names, options) for client in stale}
    failures = {client: error for client, error in _read(out).items() if client not in seen}
    at_once = [
        _failed(client, state.error) if state.error else ClientOutcome(client, within(out, client))
        for client, state in seen.items()
        if not state.made
    ]
    try:
        pages = any(seen[client].pages for client in stale)
        for outcome in chain(at_once, _run(tasks, jobs, scheduler, pages) if tasks else ()):
            if outcome.error:
                failures[outcome.client] = outcome.error
            yield outcome
    finally:
        _keep(out, failures)


def with_parts(clients: Sequence[str], out: Path | str) -> list[str]:
    """The clients, and behind each the reports that its `for_each` makes; a client that cannot be opened stands alone."""
    return [report for client in clients for report in (client, *_parts(client, out))]


def left_behind(reports: Sequence[str], out: Path | str) -> list[str]:
    """Reports of `for_each` in a folder that are none any more, as of a store that closed or has too few answers now."""
    if is_store(out) or not out.is_dir():
        return []
    wholes = {whole_of(report) for report in reports} & {*reports}
    return sorted(path.name for path in out.iterdir() if whole_of(path.name) in wholes and path.name not in reports)


def _parts(client: str, out: Path | str) -> list[str]:
    try:
        with at_hand(client, out):
            if not _mentions(client_folder(client)):
                return []
            engagement = open_client(client)
    except (DataError, ValueError, OSError):
        return []
    return [one.id for one in engagement.each.reports] if engagement.each is not None and engagement.one is None else []


def _mentions(folder: Path) -> bool:
    """Whether client.yml may have a `for_each`: most have none, and are not opened for it."""
    return b"for_each" in (folder / "client.yml").read_bytes() or b"same_as" in (folder / "client.yml").read_bytes()


def last_failures(out: Path) -> list[str]:
    """The clients whose last run into `out` failed."""
    return sorted(_read(out))


def _read(out: Path | str) -> dict[str, str]:
    if is_store(out):
        return {}
    try:
        return json.loads((out / BUILDS / FAILURES).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}


def _keep(out: Path | str, failures: Mapping[str, str]) -> None:
    if is_store(out) or (not failures and not (out / BUILDS / FAILURES).exists()):
        return
    fresh = out / BUILDS / f"{FAILURES}.{os.getpid()}"
    with suppress(OSError):  # a disk that is full has been told of already
        fresh.parent.mkdir(parents=True, exist_ok=True)
        fresh.write_text(json.dumps(failures, ensure_ascii=False, indent=1), encoding="utf-8")
        os.replace(fresh, out / BUILDS / FAILURES)


class _State(NamedTuple):
    """Whether a client's report has to be made, or only put together of pages that are there; its display name, and why
    there is no such client."""

    made: bool
    name: str = ""
    error: DataError | None = None
    pages: bool = True


def _needed(clients: Sequence[str], out: Path | str, request: Request, force: bool) -> dict[str, _State]:
    seen = {}
    for client in clients:
        try:
            with at_hand(client, out) as near:
                client_folder(client)
                stale = _stale(client, near, request)
                seen[client] = _State(force or bool(stale), _name(client), pages=force or stale != {REPORT})
        except DataError as absent:
            seen[client] = _State(False, error=absent)
        except (ValueError, OSError):
            seen[client] = _State(True)  # the run will say what is wrong
    return seen


def _stale(client: str, out: Path, request: Request) -> set[str]:
    """The pages that have to be made, and REPORT where what is made of them has to."""
    try:
        stale = set(why(out / client, client_folder(client), client, request))
    except (DataError, ValueError):
        return {client}
    return stale if read_manifest(out / client) else {client}


def _run(tasks: Mapping[str, partial], jobs: int, scheduler: str, pages: bool) -> Iterator[ClientOutcome]:
    if scheduler:
        from cxlib.render.cluster import distributed

        yield from (_told(client, outcome) for client, outcome in distributed(tasks, scheduler))
        return
    prepare()
    if can_fork() and (pages or len(tasks) > 1):  # one report of pages that are there loads what it needs itself
        warm()
    if can_fork():
        from cxlib.render.run.forks import forked

        yield from (_told(client, outcome) for client, outcome in forked(tasks, jobs))
        return
    with ProcessPoolExecutor(min(jobs, len(tasks)), get_context("spawn"), max_tasks_per_child=1) as pool:
        runs = {pool.submit(task): client for client, task in tasks.items()}
        for run in as_completed(runs):
            broken = run.exception()
            yield _told(runs[run], broken or run.result())


def _rendered(
    client: str, out: Path | str, request: Request, names: Mapping[str, str], options: Mapping
) -> ClientOutcome:
    from cxlib.render.report import build_report

    whole = whole_of(client) or client  # reports of one client may name it; that they do not name each other is theirs to see
    foreign = {other: name for other, name in names.items() if whole not in (other, whole_of(other))}
    try:
        with carried(client, out) as near:
            report = build_report(client, near, request, foreign=foreign, linked=not is_store(out), **options)
    except Exception as error:  # every failure of one client becomes a line of the summary
        return _failed(client, error)
    return ClientOutcome(client, within(out, client), report.made, report.searched, report.refused)


def _told(client: str, outcome: object) -> ClientOutcome:
    return outcome if isinstance(outcome, ClientOutcome) else _failed(client, outcome)


def _failed(client: str, error: BaseException) -> ClientOutcome:
    code = DISK if isinstance(error, OSError) else BUSY if isinstance(error, (Busy, Timeout)) else FAILED
    said = "the process ended" if isinstance(error, BrokenProcessPool) else f"{error}" or type(error).__name__
    return ClientOutcome(client, error=said, code=code)


def _name(client: str) -> str:
    """The display name in client.yml, or "": the client itself is checked when it is rendered."""
    try:
        if whole_of(client) and client_folder(client).name != client:
            return open_client(client).name
        text = (client_folder(client) / "client.yml").read_text(encoding="utf-8-sig")
        return str(yaml.load(text, getattr(yaml, "CBaseLoader", yaml.BaseLoader))["name"])
    except Exception:
        return ""
