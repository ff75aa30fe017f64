"""Who may go on: counted by policy and by who asks, forgotten with the window."""

import pytest

from runcast import quotas
from runcast.rates import Rates
from tests.tools.clock import FakeClock


@pytest.fixture
def rates(clock: FakeClock) -> Rates:
    """Return rates of a process that is alone."""
    return Rates(quotas.parse("requests=3/minute;5/hour, sign-in=2/minute"), clock, b"key")


def is_refused(rates: Rates, who: str) -> bool:
    return rates.spend("requests", who).refused is not None


def test_one_over_the_limit_is_refused_and_nobody_else(rates: Rates) -> None:
    assert [is_refused(rates, "alice") for _ in range(4)] == [False, False, False, True]
    assert not is_refused(rates, "bob")


def test_what_is_left_is_told_with_when_it_begins_anew(rates: Rates, clock: FakeClock) -> None:
    first = rates.spend("requests", "alice").standings[0]
    assert (first.remaining, first.used) == (2, 1)
    assert 1 <= first.resets_in <= 60
    for _ in range(5):
        last = rates.spend("requests", "alice").standings[0]
    assert last.remaining == 0
    clock.advance(last.resets_in)
    assert rates.spend("requests", "alice").standings[0].remaining == 2


def test_each_limit_of_a_policy_counts(rates: Rates, clock: FakeClock) -> None:
    for _ in range(5):
        clock.advance(60)
        assert not is_refused(rates, "alice")
    clock.advance(60)
    refused = rates.spend("requests", "alice").refused
    assert refused is not None
    assert refused.limit.name == "requests-3600"


async def test_what_is_given_back_does_not_count(rates: Rates) -> None:
    for _ in range(10):
        assert (await rates.reserve("sign-in", "alice")).refused is None
        await rates.give_back("sign-in", "alice")
    for _ in range(2):
        assert (await rates.reserve("sign-in", "alice")).refused is None
    assert (await rates.reserve("sign-in", "alice")).refused is not None


def test_without_a_limit_nothing_is_counted(clock: FakeClock) -> None:
    verdict = Rates(quotas.parse("off"), clock, b"key").spend("requests", "alice")
    assert (verdict.standings, verdict.refused) == ((), None)


async def test_it_stops_twice(rates: Rates) -> None:
    await rates.stop()
    await rates.stop()
