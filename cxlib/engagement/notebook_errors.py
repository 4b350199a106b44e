"""In a notebook, an error of ours is told before anything else: what is wrong, the rule, the remedy, and the line."""

import linecache
import sys
import traceback
from types import FrameType, TracebackType

from cxlib.engagement.problems import DataError

EVERY_STEP = "(%tb in a new cell shows every step)"  # the last line of an error of ours
PACKAGE = __name__.partition(".")[0] + "."


def say_errors_first() -> None:
    """From now on IPython shows our errors as told here, and all others as ever. In plain Python nothing happens."""
    if "IPython" in sys.modules and (shell := sys.modules["IPython"].get_ipython()) is not None:
        shell.set_custom_exc((DataError, ValueError), _show)


def _show(shell, kind: type, error: Exception, steps: TracebackType, tb_offset: int | None = None) -> None:
    frames = list(traceback.walk_tb(steps))
    if not _is_ours(kind, frames):
        shell.showtraceback((kind, error, steps), tb_offset=tb_offset, running_compiled_code=True)
        return
    sys.last_type, sys.last_value, sys.last_traceback = kind, error, steps  # what %tb shows
    cell = [(frame, line) for frame, line in frames if frame.f_globals is shell.user_global_ns]
    told = [f"\x1b[1;31m{kind.__name__}\x1b[0m: {error}"]
    told += [f"in line {line} of this cell: {_source(frame, line)}" for frame, line in cell[:1]]
    shell._showtraceback(kind, error, [*told, EVERY_STEP])


def _is_ours(kind: type, frames: list[tuple[FrameType, int]]) -> bool:
    """Whether one of our classes, or a ValueError that our own code raised."""
    raised_in = frames[-1][0].f_globals.get("__name__", "") if frames else ""
    return kind.__module__.startswith(PACKAGE) or raised_in.startswith(PACKAGE)


def _source(frame: FrameType, line: int) -> str:
    return linecache.getline(frame.f_code.co_filename, line, frame.f_globals).strip()
