"""The transport that uvicorn's protocol lends, and how a connection is closed to its end."""

import asyncio
from functools import partial
from types import SimpleNamespace
from typing import Any

import pytest
import uvicorn
from uvicorn.server import ServerState
from websockets.frames import Close, Frame, Opcode
from websockets.streams import StreamReader

from runcast.websocket import protocol
from runcast.websocket.frame_parser import (
    FRAMES_AT_ONCE,
    FRAMES_PER_SECOND,
    MAX_FRAGMENTS,
    FrameParser,
)
from runcast.websocket.pace import Pace
from runcast.websocket.protocol import BYTES_AT_ONCE, DirectTransport, DirectWebSocketProtocol
from runcast.websocket.wires import EXTENSION
from tests.unit.test_frames import read_frame

REQUEST = (
    b"GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
)


class Line(asyncio.Transport):
    """A transport that keeps what is written, and how it ended."""

    def __init__(self) -> None:
        super().__init__()
        self.written = b""
        self.mark = 0
        self.closing = self.half_closed = False
        self.aborts = asyncio.Event()
        self.reading = True

    def write(self, data: Any) -> None:
        """Keep it."""
        assert not self.half_closed
        self.written += bytes(data)

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None:
        """Note the mark."""
        self.mark = high or 0

    @property
    def aborted(self) -> bool:
        """Whether it was dropped."""
        return self.aborts.is_set()

    def is_closing(self) -> bool:
        """Tell whether it was closed."""
        return self.closing

    def close(self) -> None:
        """Note it."""
        self.closing = True

    def abort(self) -> None:
        """Note it."""
        self.closing = True
        self.aborts.set()

    def can_write_eof(self) -> bool:
        """Say yes, as TCP does."""
        return True

    def write_eof(self) -> None:
        """Note it."""
        self.half_closed = True

    def pause_reading(self) -> None:
        """Note it."""
        self.reading = False

    def resume_reading(self) -> None:
        """Note it."""
        self.reading = True


class Connection:
    """A connection to an application that accepts and then waits for the end."""

    def __init__(self) -> None:
        self.line = Line()
        self.received: list[dict[str, Any]] = []
        self.lent: DirectTransport | None = None
        config = uvicorn.Config(
            self._serve, interface="asgi3", ws_max_size=100, ws_ping_interval=None, log_config=None
        )
        config.load()
        self.protocol = DirectWebSocketProtocol(config, ServerState(), {})
        self.protocol.connection_made(self.line)

    async def open(self) -> None:
        """Shake hands."""
        self.protocol.data_received(REQUEST)
        await turns()
        self.line.written = b""

    def say(self, opcode: Opcode, data: bytes, *, fin: bool = True) -> None:
        """Let the client send a frame."""
        self.protocol.data_received(Frame(opcode, data, fin).serialize(mask=True))

    @property
    def close(self) -> Close | None:
        """The close frame that was written last."""
        reader = StreamReader()
        reader.feed_data(self.line.written)
        frame = read_frame(reader)
        return Close.parse(bytes(frame.data)) if frame.opcode is Opcode.CLOSE else None

    async def _serve(self, scope: Any, receive: Any, send: Any) -> None:
        self.lent = scope["extensions"][EXTENSION]
        await receive()
        await send({"type": "websocket.accept"})
        while True:
            self.received.append(await receive())
            if self.received[-1]["type"] == "websocket.disconnect":
                return


async def turns() -> None:
    """Let the loop do what is due, and what follows from it."""
    for _ in range(10):
        await asyncio.sleep(0)


def counted(monkeypatch: pytest.MonkeyPatch) -> list[Frame]:
    """Return a list of the frames that are taken in from now on."""
    taken: list[Frame] = []
    take = FrameParser.recv_frame

    def note(parser: FrameParser, frame: Frame) -> None:
        taken.append(frame)
        take(parser, frame)

    monkeypatch.setattr(FrameParser, "recv_frame", note)
    return taken


@pytest.fixture
async def connection() -> Connection:
    """Return an open connection."""
    connection = Connection()
    await connection.open()
    return connection


def lent(connection: Connection) -> DirectTransport:
    """Return the transport that the application was lent."""
    assert connection.lent is not None
    return connection.lent


async def test_what_the_application_writes_goes_straight_out(connection: Connection) -> None:
    transport = lent(connection)
    assert (transport.is_open, transport.has_room) == (True, True)
    transport.limit(4096)
    transport.write(b"a frame")
    assert (connection.line.mark, connection.line.written) == (4096, b"a frame")
    transport.abort()
    assert connection.line.aborted


async def test_room_follows_the_transports_marks(connection: Connection) -> None:
    transport = lent(connection)
    connection.protocol.pause_writing()
    assert not transport.has_room
    waiting = asyncio.create_task(transport.drained())
    await turns()
    assert not waiting.done()
    connection.protocol.resume_writing()
    await waiting
    assert transport.has_room


async def test_every_byte_is_a_sign_of_life(
    connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    start = connection.protocol.loop.time()
    for now, opcode in ((start + 7, Opcode.PONG), (start + 8, Opcode.TEXT)):
        monkeypatch.setattr(connection.protocol, "loop", SimpleNamespace(time=partial(float, now)))
        connection.say(opcode, b"")
        assert lent(connection).heard_at == now


@pytest.mark.parametrize("whole", [True, False])
async def test_a_frame_too_large_is_told_so_and_what_follows_is_read_unheeded(
    connection: Connection, *, whole: bool
) -> None:
    connection.say(Opcode.TEXT, b"x" * 101, fin=whole)
    close = connection.close
    assert close is not None
    assert close.code == 4413
    assert not connection.protocol.is_open
    assert connection.line.half_closed
    assert not connection.line.closing
    assert connection.line.reading
    written = connection.line.written
    connection.protocol.data_received(b"x" * 1000)
    await turns()
    assert connection.line.written == written
    assert [message["code"] for message in connection.received] == [4413]
    connection.protocol.connection_lost(None)


async def test_text_that_is_no_utf8_is_told_so_and_nothing_after_it_is_heard(
    connection: Connection,
) -> None:
    frames = [
        Frame(Opcode.TEXT, b"\xff"),
        Frame(Opcode.PING, b""),
        Frame(Opcode.TEXT, b"late"),
    ]
    connection.protocol.data_received(b"".join(frame.serialize(mask=True) for frame in frames))
    await turns()
    assert [message.get("code") for message in connection.received] == [4400]
    connection.protocol.connection_lost(None)


@pytest.mark.parametrize("opcode", [Opcode.PING, Opcode.PONG, Opcode.TEXT, Opcode.BINARY])
async def test_a_flood_of_frames_is_taken_in_to_a_bound_and_in_pieces(
    connection: Connection, monkeypatch: pytest.MonkeyPatch, opcode: Opcode
) -> None:
    taken = counted(monkeypatch)
    flood = Frame(opcode, b"").serialize(mask=True) * 40_000
    connection.protocol.data_received(flood)
    assert 0 < len(taken) < BYTES_AT_ONCE / 6 + 1
    assert not connection.line.reading
    await turns()
    assert len(taken) == FRAMES_AT_ONCE + 1
    assert connection.received[-1]["code"] == 4529
    assert connection.line.half_closed
    connection.protocol.data_received(flood)
    assert len(taken) == FRAMES_AT_ONCE + 1
    connection.protocol.connection_lost(None)


async def test_who_floods_after_the_last_word_is_still_read_to_the_end(
    connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken = counted(monkeypatch)
    await connection.protocol.send({"type": "websocket.close", "code": 4401})
    connection.protocol.data_received(Frame(Opcode.PONG, b"").serialize(mask=True) * 40_000)
    await turns()
    assert len(taken) == FRAMES_AT_ONCE + 1
    assert connection.line.reading
    connection.protocol.connection_lost(None)


async def test_who_leaves_in_the_midst_of_a_flood_is_heard_no_more(
    connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken = counted(monkeypatch)
    connection.protocol.data_received(Frame(Opcode.PONG, b"").serialize(mask=True) * 40_000)
    heard = len(taken)
    connection.protocol.connection_lost(None)
    await turns()
    assert len(taken) == heard


async def test_a_message_has_so_many_fragments(
    connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken = counted(monkeypatch)
    last = Frame(Opcode.CONT, b"").serialize(mask=True)
    part = Frame(Opcode.CONT, b"", fin=False).serialize(mask=True)
    connection.say(Opcode.TEXT, b"a", fin=False)
    connection.protocol.data_received(part * (MAX_FRAGMENTS - 2) + last)
    await turns()
    assert connection.received == [{"type": "websocket.receive", "text": "a"}]
    del taken[:]
    connection.say(Opcode.TEXT, b"b", fin=False)
    monkeypatch.setattr(connection.protocol.conn, "_pace", Pace(1, 10**6, 0.0))
    connection.protocol.data_received(part * 40_000)
    await turns()
    assert len(taken) == MAX_FRAGMENTS + 1
    assert connection.received[-1]["code"] == 4413
    connection.protocol.connection_lost(None)


async def test_frames_at_a_pace_are_heard_for_ever(
    connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    start = connection.protocol.loop.time()
    ping = Frame(Opcode.PING, b"").serialize(mask=True) * FRAMES_PER_SECOND
    for second in range(20):
        loop = SimpleNamespace(time=partial(float, start + second))
        monkeypatch.setattr(connection.protocol, "loop", loop)
        connection.protocol.data_received(ping)
    assert connection.protocol.is_open


async def test_what_was_read_at_once_is_heard_in_its_order_and_no_more_is_read_before(
    connection: Connection,
) -> None:
    texts = [f"{number:090}" for number in range(1000)]
    whole = b"".join(Frame(Opcode.TEXT, text.encode()).serialize(mask=True) for text in texts)
    half = len(whole) // 2 + 1
    connection.protocol.data_received(whole[:half])
    while connection.protocol._unheard:
        assert not connection.line.reading
        await asyncio.sleep(0)
    connection.protocol.data_received(whole[half:])
    await turns()
    assert [message["text"] for message in connection.received] == texts
    assert connection.line.reading
    connection.protocol.connection_lost(None)


async def test_text_in_pieces_is_judged_as_a_whole(connection: Connection) -> None:
    first, second = "é".encode()[:1], "é".encode()[1:]
    connection.say(Opcode.TEXT, first, fin=False)
    connection.say(Opcode.CONT, second)
    connection.say(Opcode.BINARY, b"\xff")
    await turns()
    assert connection.received == [
        {"type": "websocket.receive", "text": "é"},
        {"type": "websocket.receive", "bytes": b"\xff"},
    ]
    connection.protocol.connection_lost(None)


async def test_garbage_ends_it_as_the_standard_says(connection: Connection) -> None:
    connection.protocol.data_received(b"\xff" * 10)
    close = connection.close
    assert close is not None
    assert close.code == 1002
    connection.protocol.connection_lost(None)


@pytest.mark.parametrize("ending", ["the application is done", "the server stops"])
async def test_who_does_not_read_to_the_end_is_dropped_in_the_end(
    connection: Connection, monkeypatch: pytest.MonkeyPatch, ending: str
) -> None:
    monkeypatch.setattr(protocol, "LINGER_SECONDS", 0.01)
    monkeypatch.setattr(protocol, "STOP_LINGER_SECONDS", 0.01)
    if ending == "the server stops":
        connection.protocol.shutdown()
    else:
        connection.protocol.queue.put_nowait({"type": "websocket.disconnect", "code": 1001})
    await turns()
    assert connection.line.closing
    assert not connection.line.aborted
    async with asyncio.timeout(5):
        await connection.line.aborts.wait()


@pytest.mark.parametrize("ending", ["the application refuses", "the parser refuses"])
async def test_who_is_refused_is_not_waited_for(
    connection: Connection, monkeypatch: pytest.MonkeyPatch, ending: str
) -> None:
    monkeypatch.setattr(protocol, "REFUSED_LINGER_SECONDS", 0.01)
    if ending == "the application refuses":
        await connection.protocol.send({"type": "websocket.close", "code": 4529})
    else:
        connection.say(Opcode.TEXT, b"x" * 101)
    async with asyncio.timeout(5):
        await connection.line.aborts.wait()


async def test_a_server_that_stops_as_the_client_closes_has_nothing_more_to_say(
    connection: Connection,
) -> None:
    connection.say(Opcode.CLOSE, Close(1001, "").serialize())
    connection.protocol.shutdown()
    assert connection.close is not None
    assert connection.close.code == 1001
    assert connection.line.closing
    connection.protocol.connection_lost(None)


async def test_who_has_gone_is_not_dropped_again(
    connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(protocol, "LINGER_SECONDS", 0.001)
    connection.protocol.shutdown()
    connection.protocol.connection_lost(None)
    await turns()
    await asyncio.sleep(0.01)
    assert not connection.line.aborted


async def test_a_server_that_stops_before_the_handshake_is_done_ends_the_task_quietly(
    caplog: pytest.LogCaptureFixture,
) -> None:
    connection = Connection()
    connection.protocol.data_received(REQUEST)
    connection.protocol.shutdown()
    tasks = list(connection.protocol.tasks)
    await turns()
    assert [task.exception() for task in tasks] == [None]
    assert not connection.received
    assert b" 500 " in connection.line.written
    assert not caplog.records
    connection.protocol.connection_lost(None)
