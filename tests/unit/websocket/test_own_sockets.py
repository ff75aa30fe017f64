"""What a socket route of one's own may ask for."""

import asyncio
from contextlib import asynccontextmanager
from uuid import UUID

import pytest
from fastapi import FastAPI
from starlette.exceptions import WebSocketException
from starlette.websockets import WebSocketDisconnect

from runcast.application import Runcast
from runcast.runtime import Runtime
from runcast.websocket import ConnectionManager, endings, get_socket_user, own_sockets, texts
from runcast.websocket.wires import EXTENSION
from tests.tools.people import SignedIn
from tests.tools.wires import MemorySocket
from tests.unit.websocket.test_wires import MemoryTransport

speaking = asynccontextmanager(get_socket_user)


async def test_who_signs_in_speaks_until_their_session_ends(
    app: Runcast, runtime: Runtime, alice: SignedIn
) -> None:
    socket = MemorySocket(app=app, headers={"Authorization": f"Bearer {alice.token}"})
    async with speaking(socket.websocket, runtime) as user:
        assert str(user.user_id) == alice.user["id"]
        await runtime.guard.look()
        assert socket.closed is None
        await alice.post("/api/auth/logout")
        await runtime.guard.look()
        await asyncio.sleep(0)
        assert socket.closed is not None
        assert socket.closed[0] == 4401


async def test_who_was_signed_out_neither_speaks_nor_hears_though_they_read_no_close(
    app: Runcast, runtime: Runtime, alice: SignedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(endings, "CLOSE_SECONDS", 0.05)
    transport, rooms = MemoryTransport(), ConnectionManager()
    headers = {"Authorization": f"Bearer {alice.token}"}
    socket = MemorySocket(app=app, headers=headers, extensions={EXTENSION: transport})
    async with asyncio.timeout(5), speaking(socket.websocket, runtime):
        await rooms.connect(socket.websocket)
        spoken = texts(socket.websocket)
        socket.say("before")
        assert await anext(spoken) == "before"
        socket.room.clear()
        await alice.post("/api/auth/logout")
        socket.say("after")
        await runtime.guard.look()
        assert rooms.connections() == []
        await rooms.connect(socket.websocket)
        assert rooms.connections() == []
        assert [text async for text in spoken] == []
    assert transport.aborted


async def test_who_is_silent_as_they_are_signed_out_is_waited_for_no_longer(
    app: Runcast, runtime: Runtime, alice: SignedIn
) -> None:
    socket = MemorySocket(app=app, headers={"Authorization": f"Bearer {alice.token}"})
    async with asyncio.timeout(5), speaking(socket.websocket, runtime):
        waiting = asyncio.create_task(anext(texts(socket.websocket), None))
        await alice.post("/api/auth/logout")
        await runtime.guard.look()
        assert await waiting is None


async def test_whose_route_has_ended_is_watched_over_no_longer(
    app: Runcast, runtime: Runtime, alice: SignedIn
) -> None:
    socket = MemorySocket(app=app, headers={"Authorization": f"Bearer {alice.token}"})
    async with speaking(socket.websocket, runtime):
        pass
    await alice.post("/api/auth/logout")
    await runtime.guard.look()
    await asyncio.sleep(0)
    assert socket.closed is None


@pytest.mark.parametrize(
    ("headers", "first", "code"),
    [
        ({"Authorization": "Bearer x"}, None, 4401),
        ({}, '{"type":"auth","token":null}', 4401),
        ({}, '{"type":"auth","token":"x"}', 4401),
        ({}, "x", 4400),
        ({"Origin": "https://evil.example"}, None, 4403),
    ],
)
async def test_who_does_not_is_refused(
    app: Runcast, runtime: Runtime, headers: dict[str, str], first: str | None, code: int
) -> None:
    socket = MemorySocket(app=app, headers=headers)
    if first is not None:
        socket.say(first)
    with pytest.raises(WebSocketException) as refused:
        await speaking(socket.websocket, runtime).__aenter__()
    assert refused.value.code == code


async def test_one_who_has_as_many_open_as_one_may_have_is_refused(
    app: Runcast, runtime: Runtime, alice: SignedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runtime.places, "_limit", 1)
    first, second = [
        MemorySocket(app=app, headers={"Authorization": f"Bearer {alice.token}"}) for _ in range(2)
    ]
    async with speaking(first.websocket, runtime):
        with pytest.raises(WebSocketException) as refused:
            await speaking(second.websocket, runtime).__aenter__()
    assert refused.value.code == 4529
    runtime.places.check(UUID(alice.user["id"]))


async def test_texts_come_until_the_client_leaves() -> None:
    socket = MemorySocket()
    await socket.websocket.accept()
    for text in ("a", "", "é"):
        socket.say(text)
    socket.leave()
    assert [text async for text in texts(socket.websocket)] == ["a", "", "é"]


async def test_binary_ends_the_texts_and_the_socket(app: Runcast) -> None:
    socket = MemorySocket(app=app)
    await socket.websocket.accept()
    socket.say("a")
    socket.coming.put_nowait({"type": "websocket.receive", "bytes": b"b"})
    socket.say("c")
    assert [text async for text in texts(socket.websocket)] == ["a"]
    assert socket.closed is not None
    assert socket.closed[0] == 4400


async def test_a_route_whose_client_leaves_ends_quietly() -> None:
    app = FastAPI()
    own_sockets.install(app)

    @app.websocket("/")
    async def leave() -> None:
        raise WebSocketDisconnect(1001)

    socket = MemorySocket()
    await app(socket.websocket.scope, socket.coming.get, socket.websocket._send)
    assert socket.sent == []
