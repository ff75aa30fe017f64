"""A real server on a port of its own, in the test's loop, once with each kind of wire."""

import asyncio
import logging
import socket
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

import pytest

from runcast.application import Runcast
from runcast.feeds import feeds, guard
from runcast.runtime import Runtime
from runcast.websocket import heartbeat
from runcast.websocket.heartbeat import Beating, Heartbeat
from tests.conftest import CHEAP_HASHES, SECRET
from tests.tools.clock import FakeClock
from tests.tools.people import SignedIn, sign_in
from tests.tools.serving import Serving, serving


@dataclass
class Live:
    """A server, and what a test may want of it."""

    app: Runcast
    server: Serving

    @property
    def url(self) -> str:
        """Where it answers."""
        return self.server.url

    @property
    def runtime(self) -> Runtime:
        """The parts of the application."""
        runtime: Runtime = self.app.state.runtime
        return runtime

    @property
    def heartbeat(self) -> Heartbeat:
        """What looks after the open feeds."""
        heartbeat: Heartbeat = self.app.state.heartbeat
        return heartbeat

    async def stop(self) -> None:
        """Stop as on SIGTERM. Safe to call twice."""
        await self.server.stop()

    def __post_init__(self) -> None:
        self._changed = asyncio.Event()
        for name in ("add", "remove"):
            setattr(self.heartbeat, name, partial(self._signal, getattr(self.heartbeat, name)))

    async def until_watched_by(self, count: int) -> None:
        """Return when so many feeds are open."""
        async with asyncio.timeout(10):
            while len(self.heartbeat) != count:
                self._changed.clear()
                await self._changed.wait()

    def narrow(self) -> None:
        """Give connections from now on hardly any room in the kernel."""
        listening = self.server.server.servers[0].sockets[0]
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)

    def _signal(self, change: Callable[[Beating], None], beating: Beating) -> None:
        change(beating)
        self._changed.set()


@pytest.fixture(autouse=True)
def by_hand(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let nothing look by itself: a test calls `look` where a second would have passed."""
    for module in (feeds, guard, heartbeat):
        monkeypatch.setattr(module, "LOOK_SECONDS", 3600.0)


@pytest.fixture(autouse=True)
def no_errors_logged(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """Fail a test in which the server had to log an error: nothing that a client does is one."""
    yield
    errors = [r.getMessage() for r in caplog.get_records("call") if r.levelno >= logging.ERROR]
    assert errors == []


@pytest.fixture
def options() -> dict[str, Any]:
    """Return settings; a test or a module overrides this."""
    return {}


@pytest.fixture
async def app(database_url: str, clock: FakeClock, options: dict[str, Any]) -> Runcast:
    """Return an application that the server will start."""
    settings = {"heartbeat_seconds": 4 * 3600, **CHEAP_HASHES, **options}
    return Runcast(database_url=database_url, secret_key=SECRET, clock=clock, **settings)


@pytest.fixture(params=["direct", "send"])
def wire(request: pytest.FixtureRequest) -> str:
    """Return how frames go out: straight to the transport, or on a server that lends none."""
    kind: str = request.param
    return kind


@pytest.fixture
async def live(app: Runcast, wire: str) -> AsyncIterator[Live]:
    """Yield a server that is stopped in the end."""
    async with serving(app, lends_transport=wire == "direct") as server:
        yield Live(app, server)


@pytest.fixture
async def alice(live: Live) -> AsyncIterator[SignedIn]:
    """Yield a client signed in as alice@example.com."""
    async with sign_in(live.app, "alice@example.com") as client:
        yield client


@pytest.fixture
async def bob(live: Live) -> AsyncIterator[SignedIn]:
    """Yield a client signed in as bob@example.com."""
    async with sign_in(live.app, "bob@example.com") as client:
        yield client
