"""The newest events of one log, encoded once for all, within a bound on their bytes. Pure."""

from collections.abc import Sequence

from runcast.feeds.batch import PAGE_EVENTS, Batch, chunk
from runcast.services.event_log import LoggedEvent
from runcast.services.event_views import Encoded, encode

# Slow watchers stand at as many places; what only one of them asked for need not be kept for long.
MAX_SHARED_CHUNKS = 64


class Buffer:
    """Events in order without a gap; those at one place in it share one batch."""

    def __init__(self, most_bytes: int) -> None:
        self._most_bytes = most_bytes
        self._events: list[Encoded] = []
        self._held = 0
        self._taken: dict[int, Batch] = {}

    @property
    def first(self) -> int | None:
        """The `seq` of the oldest event; None without any."""
        return self._events[0].seq if self._events else None

    def extend(self, events: Sequence[LoggedEvent]) -> int:
        """Add what follows; return the last `seq` that had to leave for it, 0 if none had to."""
        self._taken.clear()
        encoded = [encode(event) for event in events]
        self._events.extend(encoded)
        self._held += sum(len(event.full) for event in encoded)
        last_left = leaving = 0
        while self._held > self._most_bytes and leaving < len(self._events):
            self._held -= len(self._events[leaving].full)
            last_left = self._events[leaving].seq
            leaving += 1
        del self._events[:leaving]
        return last_left

    def take(self, after: int) -> Batch:
        """Return the events after this one, which is in the buffer or just before it."""
        batch = self._taken.get(after)
        if batch is None:
            start = after + 1 - self._events[0].seq
            batch = chunk(self._events[start : start + PAGE_EVENTS])
            if len(self._taken) == MAX_SHARED_CHUNKS:
                self._taken.clear()
            self._taken[after] = batch
        return batch

    def clear(self) -> None:
        """Hold nothing."""
        self._taken.clear()
        self._events.clear()
        self._held = 0
