"""Clients made from seeds, and their pages, each made once for all tests that read them."""

from collections.abc import Callable

import pytest

from tests.invariants.clients import AS_IT_IS, Client, Twist, generated
from tests.invariants.pages import Shown, pages_of

AGAIN = (
    "test_told_otherwise_it_is_the_same",
    "test_rows_in_another_order_change_nothing",
    "test_a_scale_turned_round_turns_the_verdict",
)
ALL, FAST = 200, 14  # clients in `make test-slow`, and those of them in `make test`: among them every part has been asked
TOLD_AGAIN = 5  # every so many of these is also told otherwise, which takes a report for each telling


def pytest_generate_tests(metafunc):
    if "seed" in metafunc.fixturenames:
        again = metafunc.function.__name__ in AGAIN
        fast = set(range(0, FAST, TOLD_AGAIN if again else 1))
        seeds = [pytest.param(seed, marks=[] if seed in fast else [pytest.mark.slow]) for seed in range(ALL)]
        metafunc.parametrize("seed", seeds)


@pytest.fixture(scope="session")
def _kept(tmp_path_factory):
    return tmp_path_factory.mktemp("generated"), {}


@pytest.fixture
def pages(_kept, monkeypatch) -> Callable[..., dict[str, Shown]]:
    """pages(seed, twist, *names): the pages of the client of a seed, told otherwise by the twist."""
    root, known = _kept

    def made(seed: int, twist: Twist = AS_IT_IS, *names: str) -> dict[str, Shown]:
        if (seed, twist, names) not in known:
            folder = root / str(len(known))
            client: Client = generated(seed, twist)
            client.written(folder)
            monkeypatch.setenv("CX_CLIENTS", str(folder))
            known[seed, twist, names] = pages_of(client.id, *names)
        return known[seed, twist, names]

    return made
