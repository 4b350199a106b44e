"""Each remedy of `of_rollout.py` is obeyed, and ends at the right answer."""

import pytest

from tests.engagement.remedies.cases import ends_right
from tests.engagement.remedies.of_rollout import CASES


@pytest.mark.parametrize("remedy", CASES, ids=str)
def test_a_remedy_that_is_obeyed_ends_right(clients, monkeypatch, remedy):
    ends_right(remedy, CASES[remedy], clients, monkeypatch)
