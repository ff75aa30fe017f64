"""Who speaks on a socket."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from starlette.websockets import WebSocketDisconnect

from runcast.runtime import Runtime
from runcast.scopes import Scope
from runcast.services.principals import Viewer
from runcast.websocket.door import Door
from tests.tools.people import SignedIn
from tests.tools.wires import accepted


async def test_a_slow_look_at_a_token_is_not_the_clients_delay(
    runtime: Runtime, alice: SignedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    patience = asyncio.timeout

    async def slow(token: str) -> Viewer:
        assert not waiting, "the time to sign in was still running"
        return await look_up(token)

    waiting: list[float] = []

    @asynccontextmanager
    async def noted(seconds: float) -> AsyncIterator[None]:
        waiting.append(seconds)
        async with patience(seconds):
            yield
        waiting.clear()

    look_up = runtime.credentials.viewer
    monkeypatch.setattr(runtime.credentials, "viewer", slow)
    monkeypatch.setattr(asyncio, "timeout", noted)
    socket = await accepted()
    socket.say('{"type":"auth","token":"' + alice.token + '"}')
    assert await Door(socket.websocket, runtime, Scope.APP).sign_in() is not None


async def test_one_who_leaves_while_signing_in_has_left(runtime: Runtime) -> None:
    socket = await accepted()
    socket.leave(1001)
    with pytest.raises(WebSocketDisconnect) as left:
        await Door(socket.websocket, runtime, Scope.APP).sign_in()
    assert left.value.code == 1001
