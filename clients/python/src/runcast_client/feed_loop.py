"""The loop that keeps one watch connected: dial, read, guard, renew, and come back after a break.

What a frame or a close code means is decided in follower; this is the part with tasks and time.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from runcast_client.commands import Commands
from runcast_client.connections import Closed, Connection, Dial
from runcast_client.errors import (
    MalformedAnswer,
    ProblemError,
    SignedOut,
    Unreachable,
)
from runcast_client.follower import Follower, Reaction
from runcast_client.frame_buffer import FrameBuffer
from runcast_client.frames import Ack, Hello, Interrupted, Refusal, ServerFrame
from runcast_client.gateway import Gateway
from runcast_client.policy import BROKEN, NO_SIGN_OF_LIFE
from runcast_client.races import first_to_return
from runcast_client.waits import Waits

Random = Callable[[], float]
Sleep = Callable[[float], Awaitable[object]]


class FeedLoop:
    """One feed, over as many connections as it takes."""

    def __init__(
        self,
        gateway: Gateway,
        dial: Dial,
        follower: Follower,
        *,
        random: Random,
        sleep: Sleep,
    ) -> None:
        self.buffer = FrameBuffer()
        self.commands = Commands()
        self._gateway = gateway
        self._dial = dial
        self._follower = follower
        self._random = random
        self._sleep = sleep
        self._waits = Waits(gateway.answers, random=random, sleep=sleep)
        self._connection: Connection | None = None
        self._token: str | None = None
        self._refused: str | None = None
        self._expiring = asyncio.Event()
        self._heard = False

    async def run(self) -> None:
        """Follow the feed to its end. Raises WatchRefused or SignedOut where it cannot go on."""
        while (closed := await self._connect_and_read()) is not None:
            back = self._follower.closed(
                closed.code, closed.reason, self._random, closed.retry_after
            )
            if back is None:
                return
            if back.renew:
                self._refuse(closed)
            self.buffer.put(Interrupted(closed.code, closed.reason, back.delay))
            if back.delay:
                await self._waits.sit_out(back, closed)

    async def command(self, frame: Mapping[str, Any]) -> Ack:
        """Send a command now or after the next hello, again after each break; return its ack."""
        answer = self.commands.add(frame)
        if self._connection is not None:
            await self._connection.send(frame)
        return await answer

    async def _connect_and_read(self) -> Closed | None:
        """Hold one connection; return how it broke, or None when the feed has ended."""
        try:
            connection = await self._open()
        except Closed as closed:
            return closed
        self._expiring.clear()
        self._heard = False
        try:
            return await first_to_return(
                self._read(connection), self._guard(connection), self._renew(connection)
            )
        finally:
            self._connection = None
            await connection.close()

    async def _open(self) -> Connection:
        self._token = await self._ask_for_token(self._refused)
        self._refused = None
        return await self._dial(self._follower.cursor.after, self._token)

    async def _ask_for_token(self, refused: str | None) -> str | None:
        """Return the token to send; a server that cannot renew it now is a broken connection."""
        try:
            return await self._gateway.token(refused)
        except (Unreachable, ProblemError, MalformedAnswer) as error:
            raise Closed(BROKEN, f"no token: {error}") from error

    def _refuse(self, closed: Closed) -> None:
        if self._token is None:
            raise SignedOut(closed.reason or "nobody is signed in")
        self._refused = self._token

    async def _read(self, connection: Connection) -> Closed | None:
        """Hand on what arrives until the feed ends or the connection does."""
        while True:
            await self.buffer.room()
            try:
                frame = await connection.receive()
            except Closed as closed:
                return closed
            except MalformedAnswer as error:
                return Closed(BROKEN, str(error))
            self._heard = True
            if frame is None:
                continue
            reaction = self._take(frame)
            if reaction.ended:
                return None
            if reaction.broken is not None:
                return Closed(BROKEN, reaction.broken)
            await self._answer(connection, frame, reaction)

    def _take(self, frame: ServerFrame) -> Reaction:
        if isinstance(frame, Ack | Refusal) and self.commands.settle(frame):
            return Reaction()
        reaction = self._follower.react(frame)
        if reaction.deliver is not None:
            self.buffer.put(reaction.deliver)
        if reaction.renew:
            self._expiring.set()
        return reaction

    async def _answer(self, connection: Connection, frame: ServerFrame, reaction: Reaction) -> None:
        if reaction.answer:
            await connection.send({"type": "pong"})
        if isinstance(frame, Hello):
            self._connection = connection
            self._gateway.answers.ring()
            for command in self.commands.unanswered:
                await connection.send(command)

    async def _guard(self, connection: Connection) -> Closed:
        """Return once two heartbeats have passed in silence.

        While a slow reader keeps this side from listening, it is this side that shows life.
        """
        missed = 0
        while missed < 2:
            await self._sleep(self._follower.heartbeat)
            if self.buffer.full:
                await connection.send({"type": "ping"})
                self._heard = True
            missed = 0 if self._heard else missed + 1
            self._heard = False
        return Closed(NO_SIGN_OF_LIFE, "no sign of life for two heartbeats")

    async def _renew(self, connection: Connection) -> Closed:
        """Renew the credential of the open connection whenever the server says that it ends.

        With nothing to renew it with the connection is used up to the end that the server sets.
        """
        while True:
            await self._expiring.wait()
            self._expiring.clear()
            try:
                self._token = await self._ask_for_token(self._token)
            except Closed as closed:
                return closed
            except SignedOut:
                continue
            if connection.listens_only:
                return Closed(BROKEN, "the stream goes on under the renewed credential")
            await connection.send({"type": "auth", "token": self._token})
