"""One connection to Redis, kept up for ever."""

import asyncio
import logging
import random
from typing import Any, cast

import pytest
from redis.asyncio.connection import AbstractConnection

from runcast.bus import line
from runcast.bus.line import Line, ask, next_push


class Connection:
    """Stands for a connection: what it is to answer is put into it."""

    def __init__(self, *answers: Any) -> None:
        self.answers = list(answers)
        self.sent: list[tuple[Any, ...]] = []
        self.connected = False
        self.refuses: Exception | None = None
        self.hangs = False

    async def connect(self) -> None:
        """Connect, or do as told."""
        if self.hangs:
            await asyncio.Event().wait()
        if self.refuses is not None:
            raise self.refuses
        self.connected = True

    async def disconnect(self, *, nowait: bool) -> None:
        """Disconnect."""
        assert nowait
        self.connected = False

    async def send_command(self, *command: Any) -> None:
        """Note the command."""
        self.sent.append(command)

    async def read_response(self, *, timeout: float) -> Any:  # noqa: ASYNC109 - as redis-py has it
        """Return the next answer; None is silence, for as long as that takes."""
        assert timeout > 0
        return self.answers.pop(0)


def as_real(connection: Connection) -> AbstractConnection:
    """Return it as what it stands for."""
    return cast("AbstractConnection", connection)


class Made:
    """Makes connections that break when the test says so, and counts them."""

    def __init__(self) -> None:
        self.connections: list[Connection] = []
        self.begun: asyncio.Queue[Connection] = asyncio.Queue()
        self.breaks = asyncio.Event()
        self.refuses: Exception | None = None
        self.refused = asyncio.Event()
        self.hangs = 0

    def connect(self) -> AbstractConnection:
        """Return the next connection."""
        connection = Connection()
        connection.refuses = self.refuses
        connection.hangs = len(self.connections) < self.hangs
        self.connections.append(connection)
        if len(self.connections) > 5:
            self.refused.set()
        return as_real(connection)

    async def begin(self, connection: AbstractConnection) -> None:
        """Note that it is ready."""
        await self.begun.put(cast("Connection", connection))

    async def use(self, _connection: AbstractConnection) -> None:
        """Work until it breaks."""
        await self.breaks.wait()
        self.breaks.clear()
        raise ConnectionResetError("cut")

    def line(self) -> Line:
        """Return a line of such connections."""
        return Line("the line", self.connect, begin=self.begin, use=self.use)


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let it come back at once."""
    monkeypatch.setattr(line, "FIRST_PAUSE_SECONDS", 0.0001)


async def test_a_connection_that_breaks_is_replaced_until_the_line_is_stopped(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO)
    made = Made()
    kept = made.line()
    await kept.stop()
    kept.start()
    async with asyncio.timeout(5):
        first = await made.begun.get()
        await kept.up.wait()
        made.breaks.set()
        second = await made.begun.get()
        await kept.up.wait()
    assert first is not second
    assert (first.connected, second.connected) == (False, True)
    await kept.stop()
    await kept.stop()
    assert (second.connected, kept.up.is_set()) == (False, False)
    assert [record.getMessage() for record in caplog.records] == [
        "the line is away: ConnectionResetError: cut",
        "the line is back",
    ]


async def test_it_goes_on_trying_and_says_once_that_it_is_away(
    caplog: pytest.LogCaptureFixture,
) -> None:
    made = Made()
    made.refuses = ConnectionRefusedError("nobody is there")
    kept = made.line()
    kept.start()
    async with asyncio.timeout(5):
        await made.refused.wait()
        made.refuses = None
        await made.begun.get()
        await kept.up.wait()
    await kept.stop()
    assert caplog.text.count("the line is away") == 1


async def test_one_that_hangs_while_it_connects_is_given_up(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(line, "CONNECT_SECONDS", 0.01)
    made = Made()
    made.hangs = 2
    kept = made.line()
    kept.start()
    async with asyncio.timeout(5):
        await made.begun.get()
    await kept.stop()
    assert len(made.connections) == 3


async def test_pauses_grow_with_full_jitter_up_to_their_bound(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pauses: list[float] = []
    monkeypatch.setattr(line, "FIRST_PAUSE_SECONDS", 0.1)
    monkeypatch.setattr(random, "random", lambda: 1.0)
    real_sleep, enough = asyncio.sleep, asyncio.Event()

    async def sleep(seconds: float) -> None:
        pauses.append(seconds)
        if len(pauses) == 8:
            enough.set()
        await real_sleep(0)

    monkeypatch.setattr(asyncio, "sleep", sleep)
    made = Made()
    made.refuses = ConnectionRefusedError("nobody is there")
    kept = made.line()
    kept.start()
    async with asyncio.timeout(5):
        await enough.wait()
    await kept.stop()
    assert pauses[:8] == [0.2, 0.4, 0.8, 1.6, 2, 2, 2, 2]


async def test_a_question_without_an_answer_ends_the_connection() -> None:
    connection = Connection("OK", None)
    assert await ask(as_real(connection), "PING") == "OK"
    with pytest.raises(TimeoutError, match="no answer to PUBLISH"):
        await ask(as_real(connection), "PUBLISH", "x", "y")
    assert connection.sent == [("PING",), ("PUBLISH", "x", "y")]


async def test_a_silent_connection_is_pinged_and_one_that_stays_silent_is_broken() -> None:
    connection = Connection("news", None, "pong", None, None)
    assert await next_push(as_real(connection)) == "news"
    assert connection.sent == []
    assert await next_push(as_real(connection)) == "pong"
    assert connection.sent == [("PING",)]
    with pytest.raises(TimeoutError, match="no answer to PING"):
        await next_push(as_real(connection))
