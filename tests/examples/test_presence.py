"""examples/presence.py over real sockets: a socket route of a user's own."""

import asyncio
import runpy
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from pathlib import Path

import pytest

from runcast import ConnectionManager, Runcast
from tests.conftest import CHEAP_HASHES, SECRET
from tests.tools.faults import vanish
from tests.tools.people import SignedIn, sign_in
from tests.tools.serving import serving
from tests.tools.watchers import Frame, Watcher, handshake, watching

EXAMPLE = Path(__file__).parents[2] / "examples" / "presence.py"


class Presence:
    """The example as it is served."""

    def __init__(self, app: Runcast, rooms: ConnectionManager, url: str) -> None:
        self.app = app
        self.rooms = rooms
        self.url = url


@pytest.fixture(params=[True, False])
async def presence(
    database_url: str, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> AsyncIterator[Presence]:
    """Serve the example, with and without a transport that is lent."""
    settings = {"database_url": database_url, "secret_key": SECRET, **CHEAP_HASHES}
    for name, value in settings.items():
        monkeypatch.setenv(f"RUNCAST_{name.upper()}", str(value))
    names = runpy.run_path(str(EXAMPLE))
    app: Runcast = names["app"]
    async with serving(app, lends_transport=request.param) as server:
        yield Presence(app, names["rooms"], server.url)


@pytest.fixture
async def alice(presence: Presence) -> AsyncIterator[SignedIn]:
    """Yield alice, who is called so."""
    async with sign_in(presence.app, "alice@example.com") as client:
        await client.patch("/api/auth/me", json={"name": "Alice"})
        yield client


@pytest.fixture
async def bob(presence: Presence) -> AsyncIterator[SignedIn]:
    """Yield bob, who is called so."""
    async with sign_in(presence.app, "bob@example.com") as client:
        await client.patch("/api/auth/me", json={"name": "Bob"})
        yield client


def entering(
    presence: Presence, who: SignedIn, room: str = "lobby"
) -> AbstractAsyncContextManager[Watcher]:
    """Enter a room, signed in by header."""
    return watching(presence.url, room, who.token, path="/rooms")


async def heard(watcher: Watcher, count: int) -> list[Frame]:
    """Return the next so many messages."""
    return [await watcher.next() for _ in range(count)]


async def test_everyone_in_the_room_hears_everything_in_one_order(
    presence: Presence, alice: SignedIn, bob: SignedIn
) -> None:
    async with entering(presence, alice) as first:
        assert await first.next() == {"joined": "Alice"}
        async with entering(presence, bob) as second, entering(presence, bob, "away") as away:
            assert await heard(first, 1) == await heard(second, 1) == [{"joined": "Bob"}]
            await first.connection.send("hello")
            await heard(second, 1)
            await second.connection.send("and to you")
            await heard(first, 2)
            assert await heard(away, 1) == [{"joined": "Bob"}]
        said = [{"from": "Alice", "text": "hello"}, {"from": "Bob", "text": "and to you"}]
        assert first.frames[2:] == [*second.frames[1:], said[1]] == said
        assert await first.next() == {"left": "Bob"}
        assert len(presence.rooms) == 1


async def test_a_first_frame_signs_in_and_nobody_else_is_let_in(
    presence: Presence, alice: SignedIn
) -> None:
    async with watching(presence.url, "lobby", path="/rooms") as watcher:
        await watcher.say({"type": "auth", "token": alice.token})
        assert await watcher.next() == {"joined": "Alice"}
    for token in ("nonsense", None):
        async with watching(presence.url, "lobby", path="/rooms") as watcher:
            await watcher.say({"type": "auth", "token": token})
            assert await watcher.close_code() == 4401
            assert watcher.frames == []
    evil = {"Origin": "https://evil.example"}
    async with watching(presence.url, "lobby", alice.token, path="/rooms", headers=evil) as watcher:
        assert await watcher.close_code() == 4403


async def test_who_vanishes_or_leaves_before_signing_in_is_forgotten(
    presence: Presence, alice: SignedIn, bob: SignedIn, caplog: pytest.LogCaptureFixture
) -> None:
    async with watching(presence.url, "lobby", path="/rooms"):
        pass
    async with entering(presence, alice) as watcher:
        assert await watcher.next() == {"joined": "Alice"}
        raw = await handshake(presence.url, "/rooms/lobby", bob.token)
        assert await watcher.next() == {"joined": "Bob"}
        vanish(raw)
        assert await watcher.next() == {"left": "Bob"}
        assert len(presence.rooms) == 1
    assert [record for record in caplog.records if record.levelname == "ERROR"] == []


async def test_binary_is_refused(presence: Presence, alice: SignedIn, bob: SignedIn) -> None:
    async with entering(presence, alice) as watcher:
        assert await watcher.next() == {"joined": "Alice"}
        async with entering(presence, bob) as rude:
            await rude.connection.send(b"\0")
            assert await rude.close_code() == 4400
        assert await heard(watcher, 2) == [{"joined": "Bob"}, {"left": "Bob"}]


async def test_a_session_that_ends_closes_the_socket(presence: Presence, alice: SignedIn) -> None:
    async with entering(presence, alice) as watcher:
        await watcher.next()
        await alice.post("/api/auth/logout")
        await presence.app.state.runtime.guard.look()
        assert await watcher.close_code() == 4401
        assert presence.app.state.runtime.database.connections_in_use == 0


async def test_who_was_signed_out_is_dropped_though_they_read_nothing(
    presence: Presence, alice: SignedIn, bob: SignedIn
) -> None:
    raw = await handshake(presence.url, "/rooms/lobby", bob.token)
    async with entering(presence, alice) as watcher:
        text = "x" * 250_000
        for _ in range(8):
            await watcher.connection.send(text)
            while (await watcher.next()).get("text") != text:
                continue
        await bob.post("/api/auth/logout")
        await presence.app.state.runtime.guard.look()
        assert await watcher.next() == {"left": "Bob"}
        assert len(presence.rooms) == 1
        await asyncio.get_running_loop().sock_sendall(raw, b"\x81\x82\0\0\0\0hi")
        await watcher.connection.send("bye")
        assert await watcher.next() == {"from": "Alice", "text": "bye"}
    vanish(raw)


async def test_nobody_waits_for_one_that_reads_nothing_and_it_is_dropped(
    presence: Presence, alice: SignedIn, bob: SignedIn
) -> None:
    raw = await handshake(presence.url, "/rooms/lobby", bob.token)
    async with entering(presence, alice) as watcher:
        text = "x" * 500_000
        for _ in range(20):
            await watcher.connection.send(text)
            while (await watcher.next()).get("text") != text:
                continue
        assert len(presence.rooms) == 1
    vanish(raw)
