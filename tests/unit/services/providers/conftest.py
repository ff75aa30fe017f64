"""A provider that serves, for all tests of asking one."""

from collections.abc import AsyncIterator

import pytest

from runcast.services.providers.base import Departure
from tests.tools.clock import FakeClock
from tests.tools.identity_providers import Provider, providing


@pytest.fixture
async def acme(clock: FakeClock) -> AsyncIterator[Provider]:
    """Yield one that serves."""
    async with providing(clock) as provider:
        yield provider


@pytest.fixture
def departure() -> Departure:
    """Return what a browser leaves with."""
    return Departure(
        state="a state",
        nonce="a nonce",
        verifier="v" * 64,
        redirect_uri="http://127.0.0.1:8000/api/auth/oauth/acme/callback",
    )
