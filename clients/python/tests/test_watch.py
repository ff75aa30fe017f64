"""The watch in a program's hands: left early, asked for its frames, told of gaps."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any

import pytest

from clients.python.tests.cases import Seen
from clients.python.tests.fake_server import FakeServer
from clients.python.tests.fake_time import FakeTime
from runcast_client import (
    Client,
    EventsPruned,
    SignedOut,
    StaticToken,
    TokenPair,
    Tokens,
    WatchClosed,
)
from runcast_client.credentials import Credential

END: list[dict[str, Any]] = [{"send": {"type": "end", "state": "succeeded"}}, {"close": 1000}]
GAP = {"send": {"type": "gap", "from": 2, "to": 4}}
KEY = StaticToken("key")


@asynccontextmanager
async def serving(
    *scripts: Sequence[Mapping[str, Any]], credential: Credential | None = KEY, **case: Any
) -> AsyncIterator[Client]:
    """Run a fake server with these scripts, one for each connection, and a client of it."""
    connections = [
        {"after": after, "script": script} for after, script in zip("01234", scripts, strict=False)
    ]
    time = FakeTime()
    server = FakeServer({**case, "connections": connections}, Seen(), time)
    async with (
        server.listening(),
        Client(server.url, credential, random=time.random, sleep=time.sleep) as client,
    ):
        yield client


async def test_a_watch_left_early_is_closed_with_its_block() -> None:
    async with serving([{"hello": 2}, {"events": [1, 2]}]) as client:
        async with client.watch("e1") as watch:
            assert (await anext(watch)).seq == 1
        assert [event.seq async for event in watch] == [2]


async def test_a_watch_left_open_is_closed_with_the_client() -> None:
    async with serving([{"hello": 2}, {"events": [1, 2]}]) as client:
        watch = client.watch("e1")
        assert (await anext(watch)).seq == 1
    assert [event.seq async for event in watch] == [2]


async def test_a_watch_that_was_closed_before_it_began_is_empty() -> None:
    async with serving() as client:
        watch = client.watch("e1")
        await watch.aclose()
        await watch.aclose()
        assert [event async for event in watch] == []


async def test_frames_tell_everything_and_the_breaks_too() -> None:
    first: list[dict[str, Any]] = [{"hello": 2}, {"events": [1]}, {"drop": True}]
    then: list[dict[str, Any]] = [
        {"hello": 2},
        {"send": {"type": "lag", "behind": 9}},
        {"events": [2]},
        *END,
    ]
    async with serving(first, then) as client:
        kinds = [type(frame).__name__ async for frame in client.watch("e1").frames()]
    assert kinds == ["Hello", "Events", "Interrupted", "Hello", "Lag", "Events", "End"]


async def test_frames_begin_where_the_iteration_of_events_was_left() -> None:
    async with serving([{"hello": 3}, {"events": [1, 2, 3]}, *END]) as client:
        watch = client.watch("e1")
        await anext(watch)
        seqs = [
            event.seq async for frame in watch.frames() for event in getattr(frame, "events", ())
        ]
    assert seqs == [2, 3]


async def test_iterating_again_goes_on_behind_a_gap() -> None:
    async with serving([{"hello": 5}, {"events": [1]}, GAP, {"events": [5]}, *END]) as client:
        watch = client.watch("e1")
        with pytest.raises(EventsPruned) as pruned:
            _ = [event async for event in watch]
        assert (pruned.value.first, pruned.value.last) == (2, 4)
        assert [event.seq async for event in watch] == [5]


async def test_frames_yield_a_gap() -> None:
    async with serving([{"hello": 5}, {"events": [1]}, GAP, {"events": [5]}, *END]) as client:
        kinds = [type(frame).__name__ async for frame in client.watch("e1").frames()]
    assert kinds == ["Hello", "Events", "Gap", "Events", "End"]


async def test_the_watch_knows_the_execution_and_its_state() -> None:
    async with serving([{"hello": 1}, {"events": [1]}, *END]) as client:
        watch = client.watch("e1")
        assert (watch.execution, watch.state, watch.known) == (None, None, 0)
        _ = [event async for event in watch]
        assert watch.execution is not None
        assert (watch.execution.id, watch.state, watch.lag, watch.known) == (
            "e1",
            "succeeded",
            0,
            1,
        )


VERBS: list[tuple[str, tuple[Any, ...]]] = [
    ("cancel", ()),
    ("answer", ("q1", True)),
    ("signal", ("go",)),
]


@pytest.mark.parametrize(("verb", "arguments"), VERBS)
async def test_a_command_after_the_end_is_refused_at_once(
    verb: str, arguments: tuple[Any, ...]
) -> None:
    async with serving([{"hello": 0}, *END]) as client:
        watch = client.watch("e1")
        assert [event async for event in watch] == []
        with pytest.raises(WatchClosed):
            await getattr(watch, verb)(*arguments)


@pytest.mark.parametrize(("verb", "arguments"), VERBS)
async def test_a_command_over_a_stream_is_refused_at_once(
    verb: str, arguments: tuple[Any, ...]
) -> None:
    async with serving() as client:
        with pytest.raises(WatchClosed, match=f"only listens; use executions.{verb}"):
            await getattr(client.watch("e1", transport="sse"), verb)(*arguments)


async def test_the_end_of_the_sign_in_is_told_to_whoever_awaits_a_command() -> None:
    cancel = {"expect": {"type": "cancel", "id": "$c"}}
    async with serving([{"hello": 0}, cancel, {"close": 4401}]) as client:
        with pytest.raises(SignedOut):
            await client.watch("e1").cancel()


async def test_an_error_in_the_programs_own_hook_is_raised_where_it_iterates() -> None:
    async def full_disk(tokens: Tokens | None) -> None:
        raise OSError("no space left")

    credential = TokenPair(Tokens("a1", "r1", renew_at=0.0), on_change=full_disk)
    refreshes = [{"expect": "r1", "access": "a2", "refresh": "r2"}]
    async with serving(credential=credential, refreshes=refreshes) as client:
        with pytest.raises(OSError, match="no space left"):
            await anext(client.watch("e1"))


async def test_two_watches_share_one_refresh() -> None:
    refreshes = [{"expect": "r1", "access": "a2", "refresh": "r2"}]
    credential = TokenPair(Tokens("a1", "r1", renew_at=0.0))
    script = [{"hello": 0}, *END]
    connections = [{"after": "0", "token": "a2", "script": script}] * 2
    server = FakeServer({"connections": connections, "refreshes": refreshes}, Seen(), FakeTime())
    async with server.listening(), Client(server.url, credential) as client:
        one, two = client.watch("e1"), client.watch("e1")
        assert [event async for event in one] == [event async for event in two] == []
    assert server.unplayed == 0
