"""What clients send: commands and their acks, and everything that is refused, on real sockets."""

import asyncio
import json
from typing import Any

import pytest
from websockets.frames import Frame, Opcode

from runcast.lifecycle import State
from tests.live.conftest import Live
from tests.tools.people import SignedIn
from tests.tools.stories import Story, begin, queued
from tests.tools.watchers import end_of, handshake, watching


@pytest.fixture
def wire() -> str:
    """Return the one wire that these tests need: what they test does not depend on it."""
    return "direct"


@pytest.fixture
async def story(live: Live, alice: SignedIn) -> Story:
    """Return a running execution of alice's, at event 2."""
    return await begin(live.runtime, alice.user["id"])


async def test_a_cancel_is_acked_once_it_is_committed(
    live: Live, alice: SignedIn, story: Story
) -> None:
    async with watching(live.url, story.id, alice.token) as watcher:
        await watcher.say({"type": "cancel", "id": "mine"})
        assert await watcher.until("ack") == {"type": "ack", "id": "mine", "seq": 3}
        await watcher.until_seq(3)
        assert watcher.events[-1]["kind"] == "cancel.requested"
        assert watcher.events[-1]["data"] == {"by": alice.user["id"]}


async def test_a_cancel_of_what_is_queued_is_acked_before_the_end(
    live: Live, alice: SignedIn
) -> None:
    execution_id = await queued(live.runtime, alice.user["id"])
    async with watching(live.url, execution_id, alice.token) as watcher:
        await watcher.until("caught_up")
        await watcher.say({"type": "cancel", "id": "mine"})
        assert await watcher.close_code() == 1000
    assert {"type": "ack", "id": "mine", "seq": 3} in watcher.frames
    assert watcher.frames[-1] == {"type": "end", "state": "cancelled"}
    assert watcher.seqs == [1, 2, 3]


async def test_a_cancel_that_is_sent_again_gets_the_first_outcome(
    live: Live, alice: SignedIn, story: Story
) -> None:
    async with watching(live.url, story.id, alice.token) as watcher:
        await watcher.say({"type": "cancel", "id": "mine"})
        await watcher.until("ack")
    await story.tell(5)
    async with watching(live.url, story.id, alice.token) as watcher:
        for id_ in ("mine", "another"):
            await watcher.say({"type": "cancel", "id": id_})
        assert (await watcher.until("ack"))["seq"] == 3
        assert await watcher.until("ack") == {"type": "ack", "id": "another", "seq": 8}
    assert await story.head() == 8


async def test_a_cancel_of_what_has_just_ended_is_refused_before_the_end(
    live: Live, alice: SignedIn, story: Story
) -> None:
    async with watching(live.url, story.id, alice.token) as watcher:
        await watcher.until("caught_up")
        await asyncio.gather(story.end(), watcher.say({"type": "cancel", "id": "late"}))
        assert await watcher.close_code() == 1000
    assert watcher.frames[-1] == {"type": "end", "state": State.SUCCEEDED}


REFUSED: list[tuple[dict[str, Any], str, str | None]] = [
    ({"type": "subscribe", "id": "7"}, "unknown_type", "7"),
    ({"type": "x" * 1000}, "unknown_type", None),
    ({"type": "cancel"}, "invalid_frame", None),
    ({"type": "cancel", "id": 1}, "invalid_frame", None),
    ({"type": "cancel", "id": ""}, "invalid_frame", None),
    ({"type": "cancel", "id": "x" * 201}, "invalid_frame", None),
    ({"type": "auth"}, "invalid_frame", None),
]


async def test_a_frame_that_is_refused_leaves_the_connection(
    live: Live, alice: SignedIn, story: Story
) -> None:
    async with watching(live.url, story.id, alice.token) as watcher:
        await watcher.until("caught_up")
        for frame, code, id_ in REFUSED:
            await watcher.say(frame)
            refused = await watcher.next()
            assert (refused["type"], refused["code"], refused["id"]) == ("error", code, id_)
            assert 0 < len(refused["detail"]) < 100
        await watcher.say({"type": "ping"})
        assert await watcher.next() == {"type": "pong"}


NO_FRAMES = [
    "",
    "no json",
    "[]",
    "null",
    '"ping"',
    "{}",
    '{"type": 1}',
    '{"type": null}',
    '{"type": "ping"',
    '{"type": "ping", "x": NaN}',
    '{"type": "\\ud800"}',
    '{"type": "ping", "x": "\\u0000"}',
    '{"type": "ping", "x": 9007199254740993}',
    '{"type": "ping", "x": ' + "[" * 65 + "]" * 65 + "}",
    "[" * 100_000,
]


@pytest.mark.parametrize("first", [True, False])
async def test_what_is_no_frame_ends_the_connection(
    live: Live, alice: SignedIn, story: Story, *, first: bool
) -> None:
    token = None if first else alice.token
    for text in NO_FRAMES:
        async with watching(live.url, story.id, token) as watcher:
            await watcher.connection.send(text)
            assert await watcher.close_code() == 4400, text


async def test_binary_ends_the_connection(live: Live, alice: SignedIn, story: Story) -> None:
    async with watching(live.url, story.id, alice.token) as watcher:
        await watcher.connection.send(b'{"type": "ping"}')
        assert await watcher.close_code() == 4400


async def test_a_bad_cursor_ends_the_connection(live: Live, alice: SignedIn, story: Story) -> None:
    for after in ("-1", "x", "", "1.5", "%D9%A3", "1" * 16, "3", "LATEST"):
        async with watching(live.url, story.id, alice.token, after=after) as watcher:
            assert await watcher.close_code() == 4400, after
            assert watcher.frames == []


@pytest.mark.parametrize("size", [2**20 + 1, 2**24])
@pytest.mark.parametrize("is_last_piece", [True, False])
async def test_a_frame_that_is_too_large_is_refused_for_good(
    live: Live, alice: SignedIn, story: Story, size: int, *, is_last_piece: bool
) -> None:
    raw = await handshake(live.url, f"/ws/{story.id}", alice.token)
    pieces = [
        Frame(Opcode.TEXT, b'"', fin=False).serialize(mask=True),
        Frame(Opcode.CONT, b"x" * (size - 1), fin=is_last_piece).serialize(mask=True),
    ]
    async with watching(live.url, story.id, alice.token) as other:
        await live.until_watched_by(2)
        sending = asyncio.get_running_loop().sock_sendall(raw, b"".join(pieces))
        received, _ = await asyncio.gather(end_of(raw), sending)
        assert (4413).to_bytes(2, "big") in received[-200:]
        raw.close()
        await live.until_watched_by(1)
        await story.end()
        assert await other.close_code() == 1000


async def test_text_that_is_no_utf8_ends_the_connection(
    live: Live, alice: SignedIn, story: Story
) -> None:
    raw = await handshake(live.url, f"/ws/{story.id}", alice.token)
    text = Frame(Opcode.TEXT, b"\xff\xfe").serialize(mask=True)
    ping = Frame(Opcode.PING, b"beside it").serialize(mask=True)
    await asyncio.get_running_loop().sock_sendall(raw, text + ping)
    assert (4400).to_bytes(2, "big") + b"text is UTF-8" in await end_of(raw)
    raw.close()


async def test_a_frame_of_one_mebibyte_is_taken(live: Live, alice: SignedIn, story: Story) -> None:
    text = json.dumps({"type": "ping", "padding": ""})
    text = text.replace('""', f'"{"x" * (2**20 - len(text))}"')
    assert len(text) == 2**20
    async with watching(live.url, story.id, alice.token) as watcher:
        await watcher.until("caught_up")
        await watcher.connection.send(text)
        assert await watcher.next() == {"type": "pong"}


@pytest.mark.parametrize(
    "garbage", [b"\xff" * 64, b"\x81\x05hello", b"\0" * 1000, b"GET / HTTP/1.1\r\n\r\n"]
)
async def test_garbage_ends_the_connection_and_no_other(
    live: Live, alice: SignedIn, story: Story, garbage: bytes
) -> None:
    raw = await handshake(live.url, f"/ws/{story.id}", alice.token)
    async with watching(live.url, story.id, alice.token) as watcher:
        await live.until_watched_by(2)
        await asyncio.get_running_loop().sock_sendall(raw, garbage)
        assert (1002).to_bytes(2, "big") in await end_of(raw)
        raw.close()
        await live.until_watched_by(1)
        await story.end()
        assert await watcher.close_code() == 1000
