"""Whether a write of a claim is the next one, pure."""

import pytest

from runcast.errors import ClaimLost
from runcast.lifecycle import State
from runcast.services.event_log.units.unit import is_to_be_written
from tests.tools.drafts import row


def test_a_write_without_a_number_counts_nothing() -> None:
    held = row(state=State.RUNNING, claim=2, write_no=5)
    assert is_to_be_written(held, 2, 0)
    assert held.write_no == 5


@pytest.mark.parametrize("claim", [1, 3])
def test_the_number_of_another_claim_proves_nothing(claim: int) -> None:
    held = row(state=State.RUNNING, claim=2, write_no=5)
    with pytest.raises(ClaimLost):
        is_to_be_written(held, claim, 5)
