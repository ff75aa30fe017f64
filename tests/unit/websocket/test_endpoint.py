"""`/ws/{execution_id}` without a server: what its endpoint makes of departures and failures."""

import asyncio
import json
import sqlite3
from uuid import uuid4

import pytest

from runcast.application import Runcast
from runcast.runtime import Runtime
from runcast.services import cancels
from runcast.websocket import endings, endpoint
from runcast.websocket.wires import EXTENSION
from tests.tools.people import SignedIn
from tests.tools.stories import Story, begin
from tests.tools.wires import MemorySocket
from tests.unit.websocket.test_wires import MemoryTransport


class LevelTransport(MemoryTransport):
    """Tells when the feed has caught up."""

    def __init__(self) -> None:
        super().__init__()
        self.level = asyncio.Event()

    def write(self, frame: bytes) -> None:
        """Keep the frame."""
        super().write(frame)
        if b'"caught_up"' in frame:
            self.level.set()


@pytest.fixture
async def story(runtime: Runtime, alice: SignedIn) -> Story:
    """Return a running execution of alice's, at event 2."""
    return await begin(runtime, alice.user["id"])


def socket_of(app: Runcast, person: SignedIn) -> MemorySocket:
    """Return a socket that is signed in by header."""
    return MemorySocket(app=app, headers={"Authorization": f"Bearer {person.token}"})


async def test_a_feed_is_served_to_its_end(
    app: Runcast, runtime: Runtime, alice: SignedIn, story: Story
) -> None:
    socket = socket_of(app, alice)
    await story.end()
    await endpoint.watch(socket.websocket, str(story.id), runtime)
    types = [json.loads(text)["type"] for text in socket.texts]
    assert types == ["hello", "events", "caught_up", "end"]
    assert socket.closed == (1000, "")
    assert (len(runtime.feeds), len(app.state.heartbeat)) == (0, 0)


@pytest.mark.parametrize("when", ["signing in", "watching"])
async def test_one_who_leaves_leaves_nothing_behind(
    app: Runcast, runtime: Runtime, alice: SignedIn, story: Story, when: str
) -> None:
    socket = MemorySocket(app=app) if when == "signing in" else socket_of(app, alice)
    socket.leave()
    await endpoint.watch(socket.websocket, str(story.id), runtime)
    assert socket.closed is None
    assert (len(runtime.feeds), len(app.state.heartbeat)) == (0, 0)


async def test_what_is_refused_is_closed_with_its_code(
    app: Runcast, runtime: Runtime, alice: SignedIn
) -> None:
    socket = socket_of(app, alice)
    await endpoint.watch(socket.websocket, str(uuid4()), runtime)
    assert socket.closed == (4404, "no such execution")


async def test_a_failure_of_ours_is_logged_and_closed_for_a_client_to_come_back(
    app: Runcast,
    alice: SignedIn,
    story: Story,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def broken(*_: object) -> int:
        raise sqlite3.OperationalError("disk I/O error")

    monkeypatch.setattr(cancels, "request", broken)
    socket = socket_of(app, alice)
    socket.say('{"type":"cancel","id":"x"}')
    await endpoint.watch(socket.websocket, str(story.id), story.runtime)
    assert socket.closed == (1011, "the feed failed")
    assert f"a feed of {story.id} failed" in caplog.text


async def test_one_that_must_go_is_told_nothing_that_comes_after(
    app: Runcast, runtime: Runtime, alice: SignedIn, story: Story
) -> None:
    socket = socket_of(app, alice)
    serving = asyncio.create_task(endpoint.watch(socket.websocket, str(story.id), runtime))
    async with asyncio.timeout(5):
        while len(socket.texts) < 3:
            socket.took.clear()
            await socket.took.wait()
    app.begin_stop()
    await story.tell(5)
    await serving
    assert len(socket.texts) == 3
    assert socket.closed is not None
    assert socket.closed[0] == 1012


async def test_one_whose_credential_ends_and_who_reads_nothing_is_dropped_soon(
    app: Runcast,
    runtime: Runtime,
    alice: SignedIn,
    story: Story,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(endings, "CLOSE_SECONDS", 0.05)
    transport = LevelTransport()
    headers = {"Authorization": f"Bearer {alice.token}"}
    socket = MemorySocket(app=app, headers=headers, extensions={EXTENSION: transport})
    serving = asyncio.create_task(endpoint.watch(socket.websocket, str(story.id), runtime))
    await transport.level.wait()
    socket.room.clear()
    await alice.post("/api/auth/logout")
    written = len(transport.written)
    await runtime.guard.look()
    socket.say('{"type":"ping"}')
    await story.tell()
    async with asyncio.timeout(5):
        await serving
    assert len(transport.written) == written
    assert transport.aborted
