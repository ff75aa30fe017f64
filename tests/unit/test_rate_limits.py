"""Rates at the door, on their own: what is counted once, what is taken back, what is told."""

from typing import Any

import pytest
from starlette.requests import HTTPConnection

from runcast import quotas, rate_limits
from runcast.errors import InvalidGrant, NotFound, TooMany, Unavailable
from runcast.rates import Rates
from runcast.runtime import Runtime
from tests.tools.clock import FakeClock


class Parts:
    """The parts that are asked here."""

    def __init__(self, clock: FakeClock) -> None:
        self.rates = Rates(quotas.parse("anonymous=2/minute, sign-in-address=2/minute"), clock, b"")


@pytest.fixture
def parts(clock: FakeClock) -> Any:
    """Return them, as if they were all."""
    return Parts(clock)


def connection(address: str | None = "192.0.2.1") -> HTTPConnection:
    return HTTPConnection({"type": "http", "client": address and (address, 1), "headers": []})


def test_a_request_without_an_address_is_counted_too(parts: Runtime) -> None:
    for _ in range(2):
        rate_limits.count_request(connection(None), parts, None)
    with pytest.raises(TooMany):
        rate_limits.count_request(connection(None), parts, None)


def test_what_is_left_is_told_with_the_policy(parts: Runtime) -> None:
    asked = connection()
    assert rate_limits.headers(asked.scope) == []
    rate_limits.count_request(asked, parts, None)
    told = dict(rate_limits.headers(asked.scope))
    assert told[b"ratelimit"].startswith(b'"anonymous";r=1;t=')
    assert told[b"ratelimit-policy"] == b'"anonymous";q=2;w=60'


@pytest.mark.parametrize(
    ("raised", "counts"), [(InvalidGrant, True), (NotFound, False), (Unavailable, False)]
)
async def test_only_failed_attempts_count(
    parts: Runtime, raised: type[Exception], counts: bool
) -> None:
    attempts = rate_limits.Attempts(connection(), parts)
    for _ in range(2):
        with pytest.raises(raised):
            async with attempts.at(None):
                raise raised
    refused = (await parts.rates.reserve("sign-in-address", "192.0.2.1")).refused
    assert (refused is not None) is counts
