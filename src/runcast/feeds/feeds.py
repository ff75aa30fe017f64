"""What is watched in this process: one feed for each watched execution, kept up to date.

News of this process's commits comes from the event log, with the events; of those elsewhere the bus
rings, and the feed reads them. Once a second the heads of all that is watched are compared with the
database, so that lost news costs a second, never an event.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from uuid import UUID

from runcast.bus import Ring
from runcast.feeds.feed import Feed
from runcast.periodic import Periodic
from runcast.services.event_log import Appended, LogReader
from runcast.services.event_log.reader import Head

LOOK_SECONDS = 1.0


class Feeds:
    """The feeds of this process. A feed lives while somebody follows it."""

    def __init__(self, reader: LogReader, buffer_bytes: int) -> None:
        self._reader = reader
        self._buffer_bytes = buffer_bytes
        self._feeds: dict[UUID, Feed] = {}
        self._looking = Periodic(LOOK_SECONDS, self.look, "the heads of what is watched")

    def __len__(self) -> int:
        return len(self._feeds)

    def lags(self) -> Iterator[int]:
        """Yield how many events each cursor of this process is behind its log's head."""
        return (lag for feed in self._feeds.values() for lag in feed.lags())

    def start(self) -> None:
        """Start looking at the heads."""
        self._looking.start()

    async def stop(self) -> None:
        """Stop looking and fetching. Safe to call twice."""
        await self._looking.stop()
        for feed in self._feeds.values():
            feed.close()

    def on_appended(self, appended: Appended) -> None:
        """Take in the news of a commit."""
        feed = self._feeds.get(appended.execution_id)
        if feed is not None:
            feed.extend(appended)

    def on_rings(self, rings: Sequence[Ring]) -> None:
        """Hear what has grown in other processes; what is watched here is read from the database."""
        for ring in rings:
            feed = self._feeds.get(ring.execution_id)
            if feed is not None:
                feed.ring(ring.last_seq)

    def look_soon(self) -> None:
        """Compare the heads at once: rings may have been lost."""
        self._looking.wake()

    @contextmanager
    def subscribed(self, execution_id: UUID) -> Iterator[Feed]:
        """Keep a feed alive: from here on nothing that is committed is missed.

        Read the head after entering, tell it with `Feed.look_at`, and follow from there.
        """
        feed = self._feeds.get(execution_id)
        if feed is None:
            feed = self._feeds[execution_id] = Feed(execution_id, self._reader, self._buffer_bytes)
        feed.hold()
        try:
            yield feed
        finally:
            feed.release()
            if not feed.watched:
                self._feeds.pop(execution_id, None)
                feed.close()

    async def look(self) -> None:
        """Compare the heads of all that is watched with the database, in one statement.

        Raises:
            sqlite3.Error: the database does not answer.
        """
        for execution_id, head in (await self._reader.heads(list(self._feeds))).items():
            self._tell(execution_id, head)

    def _tell(self, execution_id: UUID, head: Head) -> None:
        feed = self._feeds.get(execution_id)
        # One that is fetching finds more than this look did; sending all its watchers to the
        # database meanwhile would only make them slower.
        if feed is not None and not feed.fetching:
            feed.look_at(head.last, head.state)
