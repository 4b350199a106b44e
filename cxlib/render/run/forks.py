"""Tasks in forks of this warmed process, so many at a time; each ends with its value or with its error."""

import os
import pickle
import select
import signal
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from typing import TypeVar

from cxlib.render.run.processes import can_fork, die_with, how_it_ended

Value = TypeVar("Value")
GRACE = 5  # seconds that a task has for tidying up when the run is stopped


class Died(RuntimeError):
    """The process of a task ended without a word."""


def forked(tasks: Mapping[str, Callable[[], object]], width: int) -> Iterator[tuple[str, object]]:
    """Yields (name, value) as tasks end; the value is an exception where the task raised one or its process died.

    All processes end with the iteration, whatever stops it.
    """
    waiting = list(tasks)
    running: dict[int, tuple[str, int, bytearray]] = {}  # by the pipe that its answer comes through
    try:
        while waiting or running:
            while waiting and len(running) < width:
                name = waiting.pop(0)
                pid, pipe = _started(tasks[name])
                running[pipe] = (name, pid, bytearray())
            for pipe in select.select(list(running), [], [])[0]:
                name, pid, received = running[pipe]
                piece = os.read(pipe, 1 << 20)
                received += piece
                if not piece:
                    os.close(pipe)
                    del running[pipe]
                    _, status = os.waitpid(pid, 0)
                    yield name, pickle.loads(received) if status == 0 else Died(how_it_ended(status))
    finally:
        _stopped([pid for _, pid, _ in running.values()])


def in_a_fork(work: Callable[[], Value]) -> Value:
    """The value of `work`, done in a child where a fork is safe: threads that it starts end with it."""
    if not can_fork():
        return work()
    [(_, value)] = forked({"": work}, 1)
    if isinstance(value, Exception):
        raise value
    return value


def _started(task: Callable[[], object]) -> tuple[int, int]:
    sys.stdout.flush(), sys.stderr.flush()
    parent = os.getpid()
    receive, send = os.pipe()
    pid = os.fork()
    if pid:
        os.close(send)
        return pid, receive
    code = 1
    with suppress(BaseException):
        die_with(parent)
        os.close(receive)
        answer = pickle.dumps(_value(task))
        with os.fdopen(send, "wb") as pipe:
            pipe.write(answer)
        code = 0
    os._exit(code)


def _value(task: Callable[[], object]) -> object:
    try:
        return task()
    except Exception as error:
        return error


def _stopped(pids: list[int]) -> None:
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGTERM)
    end = time.monotonic() + GRACE
    while pids:
        pids = [pid for pid in pids if os.waitpid(pid, os.WNOHANG) == (0, 0)]
        if pids and time.monotonic() > end:
            for pid in pids:
                os.kill(pid, signal.SIGKILL)
        time.sleep(0.01)
