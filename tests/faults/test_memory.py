"""Memory of a serving process under a thousand watchers of whom ten are stuck: it stays flat."""

import asyncio
import resource
import socket
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx2
import orjson
import pytest

from tests.tools.parts import missing
from tests.tools.processes import ServerProcess

APP = Path(__file__).with_name("apps") / "talker.py"
WATCHERS, STUCK = 1000, 10
# Caches and the allocator settle in the first rounds.
WARMING, ROUNDS, EVENTS, EVENT_BYTES = 4, 8, 1000, 1000
# Ten queues of what the stuck are not sent in the rounds after that would take 40 MiB.
MOST_GROWTH = 16 * 2**20
SECONDS = 60.0


class Reading(asyncio.Protocol):
    """Opens a feed, reads it, keeps nothing but the last bytes, and says when a mark has come."""

    def __init__(self, request: bytes) -> None:
        self._request = request
        self._tail = b""
        self._waiting: tuple[bytes, asyncio.Future[None]] | None = None
        self.transport: asyncio.Transport | None = None

    def connection_made(self, transport: Any) -> None:
        """Ask for the feed."""
        self.transport = transport
        transport.write(self._request)

    def data_received(self, data: bytes) -> None:
        """Look for the mark."""
        seen = self._tail + data
        self._tail = seen[-64:]
        if self._waiting is not None and self._waiting[0] in seen:
            self._waiting[1].set_result(None)
            self._waiting = None

    def mark(self, mark: bytes) -> "asyncio.Future[None]":
        """Return what is settled once this has come."""
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting = (mark, future)
        return future


async def open_feed(server: ServerProcess, execution_id: str, *, stuck: bool) -> Reading:
    """Return a connection that is caught up; a stuck one reads nothing from then on."""
    host, port = server.url.removeprefix("http://").split(":")
    raw = socket.socket()
    if stuck:
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    raw.setblocking(False)
    loop = asyncio.get_running_loop()
    await loop.sock_connect(raw, (host, int(port)))
    token = orjson.loads((server.data_folder / "local-credential.json").read_bytes())["token"]
    request = (
        f"GET /ws/{execution_id} HTTP/1.1\r\nHost: {host}:{port}\r\nUpgrade: websocket\r\n"
        "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
        f"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nAuthorization: Bearer {token}\r\n\r\n"
    )
    reading = Reading(request.encode())
    caught_up = reading.mark(b'"caught_up"')
    await loop.create_connection(lambda: reading, sock=raw)
    await caught_up
    if stuck:
        assert reading.transport is not None
        reading.transport.pause_reading()
    return reading


def resident_bytes(pid: int) -> int:
    """Return what a process holds in memory."""
    status = Path(f"/proc/{pid}/status").read_text()
    (line,) = (line for line in status.splitlines() if line.startswith("VmRSS:"))
    return int(line.split()[1]) * 1024


def begin(client: httpx2.Client, folder: Path) -> str:
    """Start the talk; return its execution's id."""
    talk = {"folder": str(folder), "rounds": ROUNDS, "events": EVENTS, "size": EVENT_BYTES}
    answer = client.post("/api/executions", json={"handler": "talk", "input": talk})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


@pytest.fixture
def a_machine_for_it() -> None:
    """Let this process, and those that it starts, open a socket for each watcher, and be measured."""
    if not Path("/proc/self/status").exists():
        missing("/proc, which tells the memory of a process")
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < WATCHERS * 2:
        with suppress(ValueError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (WATCHERS * 2, hard))
            return
        missing("room for 2,000 open files")


@pytest.mark.usefixtures("a_machine_for_it")
async def test_memory_stays_flat_under_a_thousand_watchers_of_whom_ten_are_stuck(
    tmp_path: Path,
) -> None:
    server = ServerProcess(
        APP, tmp_path, feed_buffer_bytes=2**19, socket_buffer_bytes=2**14, stuck_seconds=3600
    )
    await asyncio.to_thread(server.start)
    opened: list[Reading] = []
    try:
        with server.client() as client:
            execution_id = await asyncio.to_thread(begin, client, tmp_path)
        for number in range(WATCHERS):
            opened.append(await open_feed(server, execution_id, stuck=number < STUCK))  # noqa: PERF401
        held = [await held_after(server, opened[STUCK:], n) for n in range(ROUNDS)]
        assert held[-1] - held[WARMING - 1] < MOST_GROWTH, held
    finally:
        for reading in opened:
            assert reading.transport is not None
            reading.transport.abort()
        await asyncio.to_thread(server.kill)


async def held_after(server: ServerProcess, readers: list[Reading], number: int) -> int:
    """Return what the server holds once a round has reached all who read."""
    said = [reading.mark(b"end of round %d" % number) for reading in readers]
    (server.folder / str(number)).touch()
    async with asyncio.timeout(SECONDS):
        await asyncio.gather(*said)
    return resident_bytes(server.pid)
