"""A server that plays the script of a conformance case: WebSocket, stream and token endpoint."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from email.parser import BytesHeaderParser
from typing import Any
from urllib.parse import parse_qs, urlsplit

from clients.python.tests.cases import Case, Seen, frame_of
from clients.python.tests.fake_time import FakeTime
from clients.python.tests.wires import SocketWire, StreamWire, Wire

PATIENCE = 30.0
"""Seconds after which a test that waits for what never comes fails instead of hanging."""


class Dropped(Exception):
    """The script says that the connection breaks here."""


class Opened:
    """How many connections there were so far."""

    def __init__(self) -> None:
        self._count = 0
        self._changed = asyncio.Condition()

    async def one_more(self) -> None:
        """Count a connection."""
        async with self._changed:
            self._count += 1
            self._changed.notify_all()

    async def until(self, count: int) -> None:
        """Wait for the connection of this number, from one on."""
        async with self._changed:
            await self._changed.wait_for(lambda: self._count >= count)


class FakeServer:
    """One case being played; `failed` raises when a script went another way than the case says."""

    def __init__(self, case: Case, seen: Seen, time: FakeTime) -> None:
        self._failure: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self.url = ""
        self._connections = list(case["connections"])
        self._refreshes = list(case.get("refreshes", []))
        self._seen = seen
        self._time = time
        self._bound: dict[str, Any] = {}
        self._opened = Opened()
        self._handlers: set[asyncio.Task[None]] = set()

    @asynccontextmanager
    async def listening(self) -> AsyncIterator["FakeServer"]:
        """Listen on a free port of the loopback meanwhile, and let every connection end."""
        server = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        try:
            async with asyncio.timeout(PATIENCE):
                yield self
        finally:
            server.close()
            for handler in self._handlers:
                handler.cancel()
            await asyncio.gather(*self._handlers, return_exceptions=True)
            if self._failure.done():
                await self._failure

    async def failed(self) -> Any:
        """Raise the first failure of a script, once there is one."""
        return await asyncio.shield(self._failure)

    @property
    def unplayed(self) -> int:
        """How many connections and refreshes of the case never came."""
        return len(self._connections) + len(self._refreshes)

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        handler = asyncio.create_task(self._handle(reader, writer))
        self._handlers.add(handler)
        handler.add_done_callback(self._handled)

    def _handled(self, handler: asyncio.Task[None]) -> None:
        self._handlers.discard(handler)
        if not handler.cancelled() and (error := handler.exception()) is not None:
            self._fail(error)

    def _fail(self, error: BaseException) -> None:
        if not self._failure.done():
            self._failure.set_exception(error)

    async def _handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = await reader.readuntil(b"\r\n\r\n")
            line, _, rest = head.partition(b"\r\n")
            target = line.split()[1].decode()
            headers = dict(BytesHeaderParser().parsebytes(rest).items())
            headers = {name.lower(): value for name, value in headers.items()}
            body = await reader.readexactly(int(headers.get("content-length", 0)))
            if target == "/api/auth/token":
                await self._grant(body, writer)
            elif target == "/api/executions":
                respond(writer, 201, {"id": "e1", "state": "queued"})
            else:
                await self._play(head, target, headers, reader, writer)
        finally:
            writer.close()

    async def _grant(self, body: bytes, writer: asyncio.StreamWriter) -> None:
        assert self._refreshes, "a refresh that the case does not know"
        answer = self._refreshes.pop(0)
        form = parse_qs(body.decode())
        assert form == {"grant_type": ["refresh_token"], "refresh_token": [answer["expect"]]}
        if "status" in answer:
            respond(writer, answer["status"], {"title": "no", "error": answer["error"]})
            return
        tokens = {"access_token": answer["access"], "refresh_token": answer["refresh"]}
        respond(writer, 200, {**tokens, "token_type": "bearer", "expires_in": 300})

    async def _play(
        self,
        head: bytes,
        target: str,
        headers: dict[str, str],
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
    ) -> None:
        assert self._connections, "a connection that the case does not know"
        connection = self._connections.pop(0)
        await self._opened.one_more()
        _check_opening(connection, target, headers)
        script = connection["script"]
        if "refuse" in script[0]:
            later = script[0].get("retry_after")
            respond(writer, script[0]["refuse"], {"title": "refused"}, retry_after=later)
            return
        socket = "upgrade" in headers
        wire: Wire = SocketWire(head, reader, writer) if socket else StreamWire(reader, writer)
        try:
            for step in script:
                await self._step(wire, step)
            await wire.until_gone()
        except Dropped:
            return

    async def _step(self, wire: Wire, step: dict[str, Any]) -> None:
        """Play one step: what the server says, what it waits for, or how it breaks."""
        frame = frame_of(step)
        if frame is not None:
            await wire.send(self._filled(frame))
        elif step.keys() & {"drop", "vanish"}:
            await self._break(wire, step)
        elif "send_text" in step:
            await wire.send_text(step["send_text"])
        elif "pieces" in step:
            await wire.send_pieces(step["pieces"])
        elif "close" in step:
            await wire.close(step["close"], step.get("reason", ""))
        else:
            await self._wait(wire, step)

    async def _break(self, wire: Wire, step: dict[str, Any]) -> None:
        if "vanish" in step:
            await wire.send_half(step["vanish"])
        raise Dropped

    async def _wait(self, wire: Wire, step: dict[str, Any]) -> None:
        match step:
            case {"expect": fields}:
                self._check(await wire.receive(), fields)
            case {"until": count}:
                await self._seen.until(count)
            case {"opened": count}:
                await self._opened.until(count)
            case {"tick": count}:
                for _ in range(count):
                    await self._time.tick()
            case {"command": frame}:
                self._seen.wanted.put_nowait(frame)
            case _:
                raise AssertionError(f"no such step: {step}")

    def _check(self, frame: dict[str, Any], fields: dict[str, Any]) -> None:
        for name, wanted in fields.items():
            if isinstance(wanted, str) and wanted.startswith("$"):
                wanted = self._value_of(wanted, frame[name])  # noqa: PLW2901
            assert frame[name] == wanted, f"{frame}, not {fields}"

    def _value_of(self, name: str, found: Any) -> Any:
        """Return what stands behind a `$name`: what came the first time, different from all others."""
        if name not in self._bound:
            assert found not in self._bound.values(), f"{found} came before, under another name"
            self._bound[name] = found
        return self._bound[name]

    def _filled(self, frame: dict[str, Any]) -> dict[str, Any]:
        return {
            name: self._bound.get(value, value) if isinstance(value, str) else value
            for name, value in frame.items()
        }


def _check_opening(connection: dict[str, Any], target: str, headers: dict[str, str]) -> None:
    url = urlsplit(target)
    assert url.path in {"/ws/e1", "/api/executions/e1/events"}
    assert parse_qs(url.query) == {"after": [connection["after"]]}
    if not url.path.startswith("/ws/") and connection["after"] != "latest":
        assert headers["last-event-id"] == connection["after"]
    if "token" in connection:
        token = connection["token"]
        assert headers.get("authorization") == (None if token is None else f"Bearer {token}")


def respond(
    writer: asyncio.StreamWriter,
    status: int,
    document: dict[str, Any],
    *,
    retry_after: int | None = None,
) -> None:
    """Write a whole HTTP answer."""
    body = b"" if status == 204 else json.dumps(document).encode()
    length = b"" if status == 204 else b"Content-Length: %d\r\n" % len(body)
    later = b"" if retry_after is None else b"Retry-After: %d\r\n" % retry_after
    writer.write(
        b"HTTP/1.1 %d Answer\r\nContent-Type: application/problem+json\r\n%s%s"
        b"Connection: close\r\n\r\n%s" % (status, length, later, body)
    )
