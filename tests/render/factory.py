"""What tests ask of a process of its own: warmed once, on one thread, so that it forks as `cx render` does."""

import ctypes
import os
import random
import signal
import time
import traceback
from contextlib import suppress
from pathlib import Path

from click.testing import CliRunner


def start() -> None:
    from cxlib.render.run.processes import prepare, warm

    prepare()
    warm()
    ctypes.CDLL(None).prctl(36, 1)  # PR_SET_CHILD_SUBREAPER: orphans come to this process


def served(pipe) -> None:
    """Answers calls until the tests have ended: (clients, (function, *arguments), options) -> (ended well, value)."""
    start()
    with suppress(EOFError):
        while True:
            clients, call, options = pipe.recv()
            try:
                answer = True, called(clients, *call, **options)
            except BaseException as error:
                error.add_note(traceback.format_exc())
                answer = False, error
            pipe.send(answer)


def called(clients: str | None, function, *arguments, **options):
    """The function's value, among the clients of the test that asks."""
    os.environ.pop("CX_CLIENTS", None)
    os.environ |= {"CX_CLIENTS": clients} if clients else {}
    return function(*arguments, **options)


def reports(clients: list[str], out: Path, request) -> list:
    """The outcomes of a run over clients with the notebooks of the workbook."""
    from cxlib.render.batch import rendered_clients

    return list(rendered_clients(clients, out, request, jobs=2))


def rendered(root: Path, clients: list[str], out: str = "out", **options) -> list:
    """The outcomes of a run over the clients and notebooks in `root`."""
    from cxlib.render.batch import rendered_clients
    from cxlib.render.run.processes import can_fork

    _use(root)
    assert can_fork()
    return list(rendered_clients(clients, root / out, **options))


def cx(root: Path, *words: str) -> tuple[int, str]:
    """Exit code and output of a `cx` call."""
    from cxlib.cli import main

    _use(root)
    done = CliRunner().invoke(main, [str(word) for word in words])
    return done.exit_code, done.output


def stopped(root: Path, words: list[str], number: int, after: float) -> int:
    """The exit code of a `cx` call that gets a signal after so many seconds; minus the signal if that ended it."""
    from cxlib.cli import main

    _use(root)
    pid = os.fork()
    if pid == 0:
        os.setpgid(0, 0)
        signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background jobs are born deaf to Ctrl-C
        _silent()
        try:
            main(words)
        except SystemExit as end:
            os._exit(end.code if isinstance(end.code, int) else 0)
        os._exit(99)
    time.sleep(after)
    os.kill(pid, number)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def killed(root: Path, clients: list[str], times: int, longest: float) -> list[list[str]]:
    """Kills as many runs with SIGKILL, each at a random moment; after each, what the folder of each client holds."""
    seen, chance = [], random.Random(1)
    for _ in range(times):
        code = stopped(
            root,
            ["render", *clients, "--force", "--out", str(root / "out")],
            signal.SIGKILL,
            chance.uniform(0, longest),
        )
        assert code in (-signal.SIGKILL, 0)
        seen.append([_state(root / "out" / client) for client in clients])
    return seen


def orphans() -> list[int]:
    """Processes of ended runs that still live: they have become children of this one."""
    for _ in range(50):
        with suppress(ChildProcessError):
            while os.waitpid(-1, os.WNOHANG) != (0, 0):
                pass
        left = Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()
        if not left:
            break
        time.sleep(0.1)
    return [int(pid) for pid in left]


def _state(folder: Path) -> str:
    """ "absent", "whole", or what is broken."""
    from cxlib.render.staleness import damaged, read_manifest

    if not folder.exists():
        return "absent"
    manifest = read_manifest(folder)
    broken = damaged(folder, manifest, manifest["files"]) if manifest else ["no manifest"]
    return "; ".join(broken) or "whole"


def _silent() -> None:
    nowhere = os.open(os.devnull, os.O_RDWR)
    for number in (0, 1, 2):
        os.dup2(nowhere, number)


def _use(root: Path) -> None:
    from cxlib.render.run import notebooks

    notebooks.NOTEBOOKS = root / "notebooks"
    os.environ["CX_CLIENTS"] = str(root / "clients")


def executed_here(file: Path, output: Path, parameters: dict) -> str:
    """A run of a notebook in a fork of this process; what went wrong, or ""."""
    from cxlib.render.run.execute import NotebookFailed, executed

    try:
        executed(file, parameters, output)
    except NotebookFailed as failure:
        return str(failure)
    return ""


def stored(root: Path, clients: list[str], **options) -> list:
    """As `rendered`, from clients and to reports in a store."""
    from cxlib.render.batch import rendered_clients
    from cxlib.render.run.processes import can_fork
    from tests.render.store import register

    _use(root)
    register()
    os.environ["CX_CLIENTS"] = f"store://{root}/there/clients"
    assert can_fork()
    outcomes = list(rendered_clients(clients, f"store://{root}/there/out", **options))
    assert can_fork()
    return outcomes


def without(gone: dict, function, words: tuple, options: dict):
    """A call in this process while guards are replaced: {"cxlib.module.guard": what stands in}."""
    import pytest

    with pytest.MonkeyPatch.context() as patch:
        for path, instead in gone.items():
            patch.setattr(path, instead)
        return function(*words, **options)


def kill_orphans() -> None:
    """Ends what `orphans` would find."""
    for pid in orphans():
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    orphans()


def in_folder(root: Path, folder: Path, words: list[str]) -> tuple[int, str]:
    """A `cx` call from a folder."""
    before = os.getcwd()
    os.chdir(folder)
    try:
        return cx(root, *words)
    finally:
        os.chdir(before)
