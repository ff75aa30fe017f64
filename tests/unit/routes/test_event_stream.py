"""A feed as Server-Sent Events: the text of each portion."""

import asyncio
from collections.abc import AsyncGenerator

import pytest
from starlette.types import Message

from runcast.feeds import Batch, CaughtUp, End, Feed, Follower, Gap, Lagging, Portion
from runcast.routes import event_stream
from runcast.routes.event_stream import PatientStream
from runcast.services.event_views import Encoded
from tests.tools.memory_logs import MemoryLog


@pytest.mark.parametrize(
    ("portion", "text"),
    [
        (None, b'event: ping\ndata: {"type":"ping"}\n\n'),
        (Gap(1, 9), b'event: gap\ndata: {"type":"gap","from":1,"to":9}\n\n'),
        (CaughtUp(4), b'event: caught_up\ndata: {"type":"caught_up","seq":4}\n\n'),
        (Lagging(7), b'event: lag\ndata: {"type":"lag","behind":7}\n\n'),
        (End("failed"), b'event: end\ndata: {"type":"end","state":"failed"}\n\n'),
        (
            Batch([Encoded(1, b"{1}", b"{}"), Encoded(2, b"{2}", b"{2}")]),
            b"id: 1\ndata: {1}\n\nid: 2\ndata: {2}\n\n",
        ),
    ],
)
def test_only_log_entries_have_an_id_and_only_they_no_name(
    portion: Portion | None, text: bytes
) -> None:
    assert event_stream._text(portion, public=False) == text


def test_the_public_view_is_sent_to_the_public() -> None:
    batch = Batch([Encoded(1, b"{1}", b"{}")])
    assert event_stream._text(batch, public=True) == b"id: 1\ndata: {}\n\n"


async def test_once_it_must_end_nothing_more_is_told_not_even_what_has_come() -> None:
    log = MemoryLog()
    feed = Feed(log.id, log, 1000)
    feed.extend(log.append(3))
    ended: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    ended.set_result(None)
    told = [portion async for portion in event_stream._portions(Follower(feed, 0), ended, 10)]
    assert told == []


async def test_an_execution_that_is_deleted_ends_its_stream() -> None:
    log = MemoryLog()
    feed = Feed(log.id, log, 1000)
    log.append(1)
    feed.look_at(1, log.state)
    log.exists = False
    ended: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    told = [portion async for portion in event_stream._portions(Follower(feed, 0), ended, 10)]
    assert told == []


async def unread(message: Message) -> None:
    """Take in the head of an answer, and then nothing more."""
    if message["type"] == "http.response.body":
        await asyncio.Event().wait()


async def one_piece(closed: asyncio.Event) -> AsyncGenerator[bytes, None]:
    """Yield a piece, and tell when nobody wants another."""
    try:
        yield b"data: {}\n\n"
    finally:
        closed.set()


async def test_a_client_that_takes_nothing_in_is_given_up() -> None:
    closed, ended = asyncio.Event(), asyncio.get_running_loop().create_future()
    stream = PatientStream(one_piece(closed), patience=0.01, ended=ended)
    async with asyncio.timeout(10):
        await stream.stream_response(unread)
    assert closed.is_set()


async def test_a_stalled_stream_ends_with_the_right_to_read_it() -> None:
    closed, ended = asyncio.Event(), asyncio.get_running_loop().create_future()
    stream = PatientStream(one_piece(closed), patience=3600, ended=ended)
    ended.set_result(None)
    async with asyncio.timeout(10):
        await stream.stream_response(unread)
    assert closed.is_set()
