"""A feed as Server-Sent Events: the text of each portion."""

import asyncio

import pytest

from runcast.feeds import Batch, CaughtUp, End, Feed, Follower, Gap, Lagging, Portion
from runcast.routes import event_stream
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
