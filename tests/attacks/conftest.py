"""A real server to be attacked, and a person whose account the attacker is after."""

from collections.abc import AsyncIterator

import pytest

from runcast.application import Runcast
from runcast.runtime import Runtime
from tests.conftest import CHEAP_HASHES, SECRET
from tests.live.conftest import Live
from tests.tools.account_scenes import Scene, scene_of
from tests.tools.clock import FakeClock
from tests.tools.people import SignedIn, sign_in
from tests.tools.serving import serving


@pytest.fixture
async def target(database_url: str, clock: FakeClock) -> AsyncIterator[Live]:
    """Yield a server that is stopped in the end."""
    app = Runcast(
        database_url=database_url,
        secret_key=SECRET,
        clock=clock,
        heartbeat_seconds=4 * 3600,
        **CHEAP_HASHES,
    )
    async with serving(app) as server:
        yield Live(app, server)


@pytest.fixture
async def victim(target: Live) -> AsyncIterator[SignedIn]:
    """Yield a client signed in as victim@example.com."""
    async with sign_in(target.app, "victim@example.com") as client:
        yield client


@pytest.fixture
async def scene(runtime: Runtime, alice: SignedIn, clock: FakeClock) -> Scene:
    """Return alice's account, into which somebody is signed in."""
    return await scene_of(runtime, alice, clock)
