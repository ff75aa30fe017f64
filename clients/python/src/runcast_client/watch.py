"""One execution watched: an iterator over its events that outlives every connection."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable, Mapping
from types import TracebackType
from typing import Any
from uuid import uuid4

from runcast_client.errors import ClientError, EventsPruned, WatchClosed
from runcast_client.feed_loop import FeedLoop
from runcast_client.follower import Follower
from runcast_client.frames import Events, Frame, Gap
from runcast_client.records import Event, Execution

OnGap = Callable[[Gap], None]


class Watch:
    """Every event behind the cursor once, in order, until the execution has ended.

    Iterating yields events and connects at the first step. It raises EventsPruned where events can
    no longer be had (iterate again to go on behind them), or calls `on_gap` instead; WatchRefused
    where the server says never to come back; SignedOut where only a sign-in helps. Any other
    break is mended in silence; `frames()` tells of it. Close the watch, or use it as a context
    manager, when leaving it before the end: closing a watch cancels nothing.
    """

    def __init__(
        self,
        loop: FeedLoop,
        follower: Follower,
        open_watches: set["Watch"],
        *,
        on_gap: OnGap | None = None,
        listens_only: bool = False,
    ) -> None:
        self._loop = loop
        self._follower = follower
        self._open_watches = open_watches
        self._on_gap = on_gap
        self._listens_only = listens_only
        self._closed = False
        self._task: asyncio.Task[None] | None = None
        self._ready: deque[Event] = deque()

    @property
    def execution(self) -> Execution | None:
        """The execution as the last hello showed it; None before the first."""
        return self._follower.execution

    @property
    def state(self) -> str | None:
        """The execution's state as far as the feed has told it; None before the first hello."""
        return self._follower.state

    @property
    def lag(self) -> int:
        """Events that this watch is behind, as the server last said; 0 when caught up."""
        return self._follower.lag

    @property
    def known(self) -> int | None:
        """The seq up to which everything has arrived; None before the hello of a latest."""
        return self._follower.cursor.known

    def __aiter__(self) -> AsyncIterator[Event]:
        return self

    async def __anext__(self) -> Event:
        while not self._ready:
            frame = await self._next_frame()
            if frame is None:
                raise StopAsyncIteration
            if isinstance(frame, Events):
                self._ready.extend(frame.events)
            elif isinstance(frame, Gap):
                self._tell(frame)
        return self._ready.popleft()

    async def frames(self) -> AsyncIterator[Frame]:
        """Yield everything that the feed tells, typed: hello, events, caught up, gap, lag, end, …

        A gap is yielded here and not raised. `Interrupted` tells of a break and of the wait.
        """
        if self._ready:
            held, self._ready = tuple(self._ready), deque()
            yield Events(held)
        while (frame := await self._next_frame()) is not None:
            yield frame

    async def answer(self, question: str, value: Any) -> int | None:
        """Answer an open question; return the log's head after it. Sent and raises as `cancel`."""
        return await self._command({"type": "answer", "question": question, "value": value})

    async def signal(self, name: str, data: Any = None) -> int | None:
        """Send a signal; return the log's head after it. Sent and raises as `cancel`."""
        return await self._command({"type": "signal", "name": name, "data": data})

    async def cancel(self) -> int | None:
        """Ask for the cancel of the execution; return the log's head after it.

        It is sent again under the same id until the server has answered, whatever breaks. Raises
        CommandRefused, and WatchClosed if the watch ends first or only listens (transport sse).
        """
        return await self._command({"type": "cancel"})

    async def aclose(self) -> None:
        """Leave the feed; safe to call at any time and twice."""
        self._closed = True
        if self._task is None:
            self._loop.buffer.close(None)
            return
        self._task.cancel()
        await asyncio.wait([self._task])

    async def __aenter__(self) -> "Watch":
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.aclose()

    async def _command(self, frame: Mapping[str, Any]) -> int | None:
        if self._listens_only:
            raise WatchClosed(f"a watch over sse only listens; use executions.{frame['type']}")
        self._start()
        if self._closed:
            raise WatchClosed("the watch has ended")
        command_id = str(uuid4())
        with self._loop.buffer.urgent():
            try:
                return (await self._loop.command({**frame, "id": command_id})).seq
            finally:
                self._loop.commands.forget(command_id)

    def _tell(self, gap: Gap) -> None:
        if self._on_gap is None:
            raise EventsPruned(gap.first, gap.last)
        self._on_gap(gap)

    async def _next_frame(self) -> Frame | None:
        self._start()
        return await self._loop.buffer.get()

    def _start(self) -> None:
        if self._task is None and not self._closed:
            self._task = asyncio.create_task(self._loop.run())
            self._task.add_done_callback(self._ended)
            self._open_watches.add(self)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._closed = True
        self._open_watches.discard(self)
        error = None if task.cancelled() else task.exception()
        self._loop.buffer.close(error)
        self._loop.commands.fail(
            error if isinstance(error, ClientError) else WatchClosed("the watch has ended")
        )
