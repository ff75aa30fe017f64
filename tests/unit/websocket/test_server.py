"""uvicorn as Runcast runs it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from signal import SIGTERM
from typing import Any

import pytest
from fastapi import APIRouter

from runcast.settings import Settings
from runcast.websocket.forwarded import Forwarded
from runcast.websocket.protocol import DirectWebSocketProtocol
from runcast.websocket.server import Server, server


class Application:
    """What a server knows of an application."""

    def __init__(self, drain_seconds: float = 0) -> None:
        self.settings = Settings(heartbeat_seconds=7, drain_seconds=drain_seconds)
        self.router = APIRouter(lifespan=self._lifespan)
        self.life: list[str] = []
        self.draining = asyncio.Event()

    def begin_drain(self) -> None:
        """Note that it was told."""
        self.life.append("told to drain")
        self.draining.set()

    def begin_stop(self) -> None:
        """Note that it was told."""
        self.life.append("told of the stop")

    async def watchers_told(self) -> None:
        """Note that it was waited for."""
        self.life.append("watchers told")

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Serve nothing."""

    @asynccontextmanager
    async def _lifespan(self, _app: object) -> AsyncIterator[None]:
        self.life.append("opened")
        yield
        self.life.append("closed")


def of(app: Application, **options: Any) -> Server:
    """Return a server on a free port of this machine."""
    return server(app, options.pop("host", "127.0.0.1"), 0, **options)


def test_frames_are_bounded_and_not_deflated_and_pings_go_beside_the_heartbeat() -> None:
    config = of(Application()).config
    assert config.ws is DirectWebSocketProtocol
    assert (config.ws_max_size, config.ws_per_message_deflate) == (2**20, False)
    assert (config.ws_ping_interval, config.ws_ping_timeout) == (7, None)


def test_nobody_is_believed_about_addresses_but_proxies_that_are_named() -> None:
    app = Application()
    assert not isinstance(of(app).config.app, Forwarded)
    app.settings = Settings(trusted_proxies=("10.0.0.0/8",))
    config = of(app).config
    assert config.proxy_headers is False
    assert isinstance(config.app, Forwarded)


async def started(app: Application, **options: Any) -> Server:
    """Return a server that was started."""
    serving = of(app, **options)
    serving.config.load()
    serving.lifespan = serving.config.lifespan_class(serving.config)
    await serving.startup()
    return serving


async def test_it_tells_its_address_once_it_answers_and_its_stop_first() -> None:
    told: list[str] = []

    async def tell(url: str) -> None:
        told.append(url)

    app = Application()
    serving = await started(app, tell=tell)
    assert told == [serving.url]
    assert serving.url.startswith("http://127.0.0.1:")
    assert not serving.url.endswith(":0")
    await serving.shutdown()
    assert app.life == ["opened", "told to drain", "told of the stop", "watchers told", "closed"]


async def test_an_address_of_ip_version_6_is_one_that_can_be_opened() -> None:
    try:
        serving = await started(Application(), host="::1")
    except SystemExit:
        pytest.skip("this machine has no IP version 6")
    assert serving.url.startswith("http://[::1]:")
    await serving.shutdown()


async def test_told_to_stop_it_drains_and_told_again_it_stops() -> None:
    app = Application(drain_seconds=600)
    serving = await started(app)
    serving.handle_exit(SIGTERM, None)
    stopping = asyncio.create_task(serving.shutdown())
    async with asyncio.timeout(10):
        await app.draining.wait()
        assert app.life == ["opened", "told to drain"]
        serving.handle_exit(SIGTERM, None)
        await stopping
    assert app.life == ["opened", "told to drain", "told of the stop", "watchers told", "closed"]
