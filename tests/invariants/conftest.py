"""Clients made from seeds, and their pages, each made once for all tests that read them."""

from collections.abc import Callable

import pytest

from tests.invariants.clients import AS_IT_IS, Client, Twist, generated
from tests.invariants.pages import Shown, pages_of

ALL = 200  # clients in `make test-slow`
# Every kind of fault that these found first stands in OPEN.md. The mark goes, and 20 clients join `make test`, when it is empty.
OPEN = pytest.mark.xfail(reason="faults that tests/invariants/OPEN.md names", strict=False)


def pytest_generate_tests(metafunc):
    if "seed" in metafunc.fixturenames:
        slow = [pytest.param(seed, marks=[pytest.mark.slow, OPEN]) for seed in range(ALL)]
        metafunc.parametrize("seed", slow)


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
