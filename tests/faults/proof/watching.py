"""Watchers that come and go: each follows one execution from its cursor, now at this node, now at that."""

import asyncio
import random
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import httpx2
import orjson
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, WebSocketException

from runcast_client import (
    Client,
    End,
    Event,
    Events,
    Interrupted,
    SignedOut,
    StaticToken,
    WatchRefused,
)
from runcast_client.records import read
from tests.faults.proof.schedule import Watching

STAY_SECONDS = (0.3, 4.0)
AWAY_SECONDS = (0.0, 0.5)
OPEN_SECONDS = 3.0
COME_BACK_CODES = {1001, 1006, 1011, 1012, 1013, 4508, 4529}

Hear = Callable[[Event], None]


@dataclass
class Seen:
    """What one watcher got, over all of its connections.

    Attributes:
        ended: the state that the feed told at its end; None before it.
        refused: why it was told never to come back, which nothing here gives a reason for.
        frames: of a raw watcher, the texts of the frames that carried events.
    """

    execution_id: str
    how: Watching
    events: list[Event] = field(default_factory=list)
    frames: list[str] = field(default_factory=list)
    connections: int = 0
    ended: str | None = None
    refused: str | None = None

    def violations(self, payloads: list[str]) -> list[str]:
        """Return what is wrong with it, given the texts of the log as the database has them."""
        log = [read(Event, orjson.loads(payload)) for payload in payloads]
        found = []
        if self.refused is not None:
            found.append(f"it was refused: {self.refused}")
        if [e.seq for e in self.events] != list(range(1, len(log) + 1)):
            found.append(f"it got {[e.seq for e in self.events]} of {len(log)}")
        elif self.events != log:
            found.append("it got other events than the log holds")
        if self.ended is None:
            found.append("it was not told of the end")
        sent = [frame for frame in self.frames if not _is_made_of(frame, payloads)]
        found += [f"a frame has other bytes than the log: {frame[:300]}" for frame in sent[:3]]
        return [f"{self.how} watcher of {self.execution_id}: {what}" for what in found]


def _is_made_of(frame: str, payloads: list[str]) -> bool:
    """Tell whether a frame carries the very bytes of the log."""
    seqs = [event["seq"] for event in orjson.loads(frame)["events"]]
    inside = ",".join(payloads[seq - 1] for seq in seqs)
    return frame == f'{{"type":"events","events":[{inside}]}}'


class Watcher:
    """Follows one execution to its end.

    Args:
        seen: where to put what comes.
        urls: of the nodes.
        token: whose executions they are.
        http: for all watchers, because to make one takes longer than to use it.
        chance: decides where to connect, and for how long to stay.
        hear: is told of each event once.
    """

    def __init__(
        self,
        seen: Seen,
        urls: list[str],
        token: str,
        *,
        http: httpx2.AsyncClient,
        chance: random.Random,
        hear: Hear,
    ) -> None:
        self._seen = seen
        self._urls = urls
        self._token = token
        self._http = http
        self._chance = chance
        self._hear = hear

    async def follow(self) -> None:
        """Return when the feed has ended, or was refused."""
        stay = self._stay_raw if self._seen.how == "raw" else self._stay_by_client
        while self._seen.ended is None and self._seen.refused is None:
            self._seen.connections += 1
            with suppress(TimeoutError):
                async with asyncio.timeout(self._chance.uniform(*STAY_SECONDS)):
                    await stay(self._chance.choice(self._urls))
            await asyncio.sleep(self._chance.uniform(*AWAY_SECONDS))

    def _take(self, event: Event) -> None:
        self._seen.events.append(event)
        self._hear(event)

    async def _stay_by_client(self, url: str) -> None:
        transport: Any = self._seen.how
        async with Client(url, StaticToken(self._token), http_client=self._http) as client:
            after = len(self._seen.events)
            watch = client.watch(self._seen.execution_id, after=after, transport=transport)
            try:
                async with watch:
                    async for frame in watch.frames():
                        if isinstance(frame, Events):
                            for event in frame.events:
                                self._take(event)
                        elif isinstance(frame, Interrupted):
                            return
                        elif isinstance(frame, End):
                            self._seen.ended = frame.state
                    # A stream of a log that has ended has nothing to say but that.
                    self._seen.ended = self._seen.ended or "ended"
            except (WatchRefused, SignedOut) as refusal:
                self._seen.refused = repr(refusal)

    async def _stay_raw(self, url: str) -> None:
        after = len(self._seen.events)
        address = f"ws{url.removeprefix('http')}/ws/{self._seen.execution_id}?after={after}"
        opening = connect(
            address,
            additional_headers={"Authorization": f"Bearer {self._token}"},
            compression=None,
            open_timeout=OPEN_SECONDS,
            close_timeout=0.5,
            ping_interval=None,
        )
        try:
            async with opening as socket:
                await self._read(socket)
        except ConnectionClosed as closed:
            code = 1006 if closed.rcvd is None else closed.rcvd.code
            if code not in COME_BACK_CODES and self._seen.ended is None:
                self._seen.refused = str(closed)
        except (OSError, WebSocketException):
            return

    async def _read(self, socket: ClientConnection) -> None:
        async for text in socket:
            frame = orjson.loads(text)
            if frame["type"] == "events":
                self._seen.frames.append(str(text))
                for event in frame["events"]:
                    self._take(read(Event, event))
            elif frame["type"] == "ping":
                # If it has closed meanwhile, what it sent before is still to be read.
                with suppress(ConnectionClosed):
                    await socket.send('{"type":"pong"}')
            elif frame["type"] == "end":
                self._seen.ended = frame["state"]
