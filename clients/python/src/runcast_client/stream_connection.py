"""The feed over Server-Sent Events, for where a WebSocket does not get through. It only listens."""

import asyncio
import json
from collections import deque
from collections.abc import AsyncIterator, Mapping
from typing import Any

import httpx2

from runcast_client.connections import Closed, Connection
from runcast_client.cursor import After
from runcast_client.errors import MalformedAnswer, Unreachable
from runcast_client.event_stream import EventStreamParser, Message
from runcast_client.frames import ServerFrame, read_frame
from runcast_client.gateway import Gateway, reason, segment
from runcast_client.policy import BROKEN, DONE, close_code_of
from runcast_client.problems import problem_from

TIMEOUT = httpx2.Timeout(10.0, read=None)
"""Seconds to connect and send; how long silence may last is for the feed loop to say."""

OPENING_SECONDS = 15.0
"""How long an answer may take to begin, as for a socket's opening."""


class StreamConnection:
    """One open answer of type text/event-stream."""

    listens_only = True

    def __init__(self, response: httpx2.Response) -> None:
        self._response = response
        self._pieces: AsyncIterator[str] = response.aiter_text()
        self._parser = EventStreamParser()
        self._ready: deque[ServerFrame | None] = deque()

    async def receive(self) -> ServerFrame | None:
        """Return the next frame; None when only a part of one or a comment came: a sign of life."""
        if not self._ready:
            self._ready.extend(
                stream_frame(message) for message in self._parser.feed(await self._piece())
            )
        return self._ready.popleft() if self._ready else None

    async def send(self, frame: Mapping[str, Any]) -> None:
        """Say nothing: the stream goes one way."""

    async def close(self) -> None:
        """Give the connection back."""
        await self._response.aclose()

    async def _piece(self) -> str:
        try:
            return await anext(self._pieces)
        except StopAsyncIteration:
            raise Closed(BROKEN, "the stream ended") from None
        except httpx2.TransportError as error:
            raise Closed(BROKEN, reason(error)) from error


def stream_frame(message: Message) -> ServerFrame | None:
    """Return the frame of a message: an event where it has no name, else a frame of that name."""
    try:
        document = json.loads(message.data)
    except (ValueError, RecursionError) as error:
        raise MalformedAnswer(f"a message that is no JSON: {error}") from error
    if not message.name:
        return read_frame({"type": "events", "events": [document]})
    if not isinstance(document, dict):
        raise MalformedAnswer("a message that is no object")
    return read_frame({**document, "type": message.name})


async def dial_stream(
    gateway: Gateway, execution_id: str, after: After, token: str | None
) -> Connection:
    """Open the stream of an execution; a refusal is told as the close code that says the same."""
    headers = {"Accept": "text/event-stream"}
    if after != "latest":
        headers["Last-Event-ID"] = str(after)
    request = {"params": {"after": after}, "headers": headers, "timeout": TIMEOUT}
    path = f"/api/executions/{segment(execution_id)}/events"
    try:
        async with asyncio.timeout(OPENING_SECONDS):
            response = await gateway.send("GET", path, request, token, stream=True)
    except TimeoutError as error:
        raise Closed(BROKEN, "no stream came about in time") from error
    except Unreachable as error:
        raise Closed(BROKEN, str(error)) from error
    if response.status_code == 200:
        return StreamConnection(response)
    raise await _refusal(response)


async def _refusal(response: httpx2.Response) -> Closed:
    """Return what an answer without a stream means; 204 is the end of an ended log."""
    try:
        body = await response.aread()
    except httpx2.TransportError as error:
        return Closed(BROKEN, str(error))
    finally:
        await response.aclose()
    if response.status_code == 204:
        return Closed(DONE)
    problem = problem_from(response.status_code, response.headers, body)
    code = close_code_of(response.status_code)
    return Closed(code, str(problem), retry_after=problem.retry_after)
