"""How much work there is: what a function does, told without a clock, and which generated cases wait for `make test-slow`."""

import sys
from collections.abc import Callable

import pytest


def calls(function: Callable[[], object]) -> int:
    """How many functions are called while the function runs, those of C among them; a busy machine calls no more."""
    count = 0

    def note(_frame, event, _argument):
        nonlocal count
        count += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(note)
    try:
        function()
    finally:
        sys.setprofile(before)
    return count


def some_of(seeds: int, *, fast: int) -> list:
    """Seeds to parametrise with: the first are tried always, the others in `make test-slow`."""
    return [pytest.param(seed, marks=[] if seed < fast else [pytest.mark.slow]) for seed in range(seeds)]
