"""No remedy leads astray: each that a message can give is obeyed mechanically, and ends at the right answer."""

import pytest

from tests.engagement.remedies import of_settings, of_tables
from tests.engagement.remedies.cases import obeyed
from tests.engagement.remedies.collected import remedies

CASES = of_settings.CASES | of_tables.CASES
REMEDIES = {str(each): each for each in remedies()}


@pytest.mark.parametrize("remedy", CASES, ids=str)
def test_a_remedy_that_is_obeyed_ends_right(clients, remedy):
    obeyed(CASES[remedy], clients, REMEDIES[remedy].said_by)
