"""Close codes by range, and the waits between connections."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runcast_client.policy import (
    BACKOFF_BASE,
    BACKOFF_CAP,
    Verdict,
    backoff_delay,
    close_code_of,
    verdict,
)


@given(st.integers(1000, 4999))
def test_every_code_has_a_verdict_by_its_range(code: int) -> None:
    if code == 1000:
        assert verdict(code) is Verdict.DONE
    elif code == 4401:
        assert verdict(code) is Verdict.RENEW
    elif 4400 <= code <= 4499:
        assert verdict(code) is Verdict.NEVER
    else:
        assert verdict(code) is Verdict.COME_BACK


@pytest.mark.parametrize(
    ("status", "code"), [(401, 4401), (403, 4403), (404, 4404), (422, 4422), (429, 4529)]
)
def test_an_http_status_says_what_a_close_code_says(status: int, code: int) -> None:
    assert close_code_of(status) == code


@pytest.mark.parametrize("status", [302, 408, 425, 429, 500, 502, 503])
def test_a_status_that_may_pass_comes_back(status: int) -> None:
    assert verdict(close_code_of(status)) is Verdict.COME_BACK


def test_the_first_wait_is_at_most_the_base() -> None:
    assert backoff_delay(0, lambda: 1.0) == BACKOFF_BASE


@given(attempt=st.integers(0, 10**6), chance=st.floats(0, 1))
def test_a_wait_is_any_part_of_its_bound_and_never_more_than_the_cap(
    attempt: int, chance: float
) -> None:
    bound = backoff_delay(attempt, lambda: 1.0)
    assert bound <= BACKOFF_CAP
    assert backoff_delay(attempt, lambda: chance) == chance * bound
