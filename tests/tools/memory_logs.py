"""A log in memory, read as the database is, with reads that a test can hold back."""

import asyncio
import sys
from collections.abc import Collection
from uuid import UUID, uuid4

from runcast.errors import NotFound
from runcast.lifecycle import State
from runcast.services.event_log import Appended, LoggedEvent, LogPage, LogReader
from runcast.services.event_log.reader import Head


class MemoryLog(LogReader):
    """One execution's log. `append` commits and returns the news, which the test tells or loses."""

    def __init__(self) -> None:
        self.id = uuid4()
        self.events: list[LoggedEvent] = []
        self.oldest = 1
        self.state = State.RUNNING
        self.exists = True
        self.reads: list[int] = []
        self.gate: asyncio.Event | None = None
        self.page_events = sys.maxsize

    @property
    def last(self) -> int:
        """The head."""
        return self.events[-1].seq if self.events else 0

    def append(self, count: int = 1, *, size: int = 0, final: bool = False) -> Appended:
        """Commit so many events of about `size` bytes; the last one may be the log's."""
        fresh = [event(self.last + n, size) for n in range(1, count + 1)]
        self.events += fresh
        self.state = State.SUCCEEDED if final else State.RUNNING
        return Appended(self.id, self.state, tuple(fresh), self.last, 0)

    def prune(self, oldest: int) -> None:
        """Remove what is before `oldest`, never the last event."""
        self.oldest = max(self.oldest, min(oldest, self.last))

    async def head(self, execution_id: UUID) -> Head:
        """Return where the log begins and ends."""
        self._check(execution_id)
        return Head(self.oldest, self.last, self.state)

    async def heads(self, execution_ids: Collection[UUID]) -> dict[UUID, Head]:
        """Return the head, if this log is among those asked for."""
        known = self.exists and self.id in execution_ids
        return {self.id: await self.head(self.id)} if known else {}

    async def page(
        self, execution_id: UUID, after: int, limit: int, *, max_bytes: int = sys.maxsize
    ) -> LogPage:
        """Return a page, once the gate is open."""
        self.reads.append(after)
        if self.gate is not None:
            await self.gate.wait()
        self._check(execution_id)
        found = [e for e in self.events if e.seq > after and e.seq >= self.oldest]
        return LogPage(tuple(found[: min(limit, self.page_events)]), await self.head(execution_id))

    def _check(self, execution_id: UUID) -> None:
        if not self.exists or execution_id != self.id:
            raise NotFound("no such execution")


def event(seq: int, size: int = 0) -> LoggedEvent:
    """Return an event whose payload is about `size` bytes."""
    return LoggedEvent(seq, "log", f'{{"seq":{seq},"data":"{"x" * size}"}}')
