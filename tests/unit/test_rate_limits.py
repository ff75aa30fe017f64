"""Rates at the door, on their own: what is counted once, what is taken back, what is told."""

from typing import Any
from uuid import UUID

import pytest
from starlette.requests import HTTPConnection

from runcast import quotas, rate_limits
from runcast.errors import (
    InvalidGrant,
    MfaRequired,
    NotFound,
    RuncastError,
    SignInRefused,
    TooMany,
    Unavailable,
)
from runcast.rates import Rates
from runcast.runtime import Runtime
from runcast.services.principals import Principal
from tests.tools.clock import FakeClock

ADA = Principal(
    user_id=UUID(int=1),
    email="ada@example.com",
    name="Ada",
    is_admin=False,
    session_id=UUID(int=2),
    expires_at=None,
)
LIMITS = "anonymous=2/minute, sign-in-address=2/minute, attempts=4/minute"


class Parts:
    """The parts that are asked here."""

    def __init__(self, clock: FakeClock) -> None:
        self.rates = Rates(quotas.parse(LIMITS), clock, b"")


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
    ("raised", "counts"),
    [
        (InvalidGrant("no"), True),
        (NotFound("no"), False),
        (Unavailable("no"), False),
        # The password was right; what is shown next counts by itself.
        (MfaRequired("token", ("otp",), None), False),
    ],
)
async def test_only_failed_attempts_count(parts: Runtime, raised: Exception, counts: bool) -> None:
    attempts = rate_limits.Attempts(connection(), parts)
    for _ in range(2):
        with pytest.raises(type(raised)):
            async with attempts.at(None):
                raise raised
    refused = (await parts.rates.reserve("sign-in-address", "192.0.2.1")).refused
    assert (refused is not None) is counts


@pytest.mark.parametrize("raised", [SignInRefused("no"), Unavailable("away")])
async def test_whoever_comes_back_with_nothing_has_failed(
    parts: Runtime, raised: RuncastError
) -> None:
    attempts = rate_limits.Attempts(connection(), parts)
    for _ in range(2):
        with pytest.raises(type(raised)):
            async with attempts.back():
                raise raised
    with pytest.raises(TooMany):
        async with attempts.back():
            pytest.fail("it was let in")


async def test_all_attempts_of_one_address_are_bounded_the_right_ones_too(parts: Runtime) -> None:
    for _ in range(4):
        async with rate_limits.Attempts(connection(), parts).at("ada@example.com"):
            pass
    with pytest.raises(TooMany):
        async with rate_limits.Attempts(connection(), parts).at("bob@example.com"):
            pytest.fail("it was let in")
    async with rate_limits.Attempts(connection("192.0.2.2"), parts).at("ada@example.com"):
        pass


async def test_all_attempts_of_one_person_are_bounded_wherever_they_are(parts: Runtime) -> None:
    for n in range(4):
        async with rate_limits.Attempts(connection(f"192.0.2.{n}"), parts).by(ADA):
            pass
    with pytest.raises(TooMany):
        async with rate_limits.Attempts(connection("192.0.2.9"), parts).by(ADA):
            pytest.fail("it was let in")
