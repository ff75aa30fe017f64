"""Events that go out together, and the frames that carry them, built once for all who are at one place."""

from collections.abc import Iterable, Sequence
from functools import cached_property

from runcast import frames
from runcast.frames import Message
from runcast.services.event_views import Encoded

# What rides in one frame at most, but for a single event that is larger.
PAGE_EVENTS = 1000
MAX_CHUNK_BYTES = 256 * 1024


class Batch:
    """Events in order without a gap, and the frames that carry them, each made at most once.

    All watchers at one place share one batch, so that a frame is built once however many they are.
    """

    def __init__(self, events: Sequence[Encoded]) -> None:
        self.events = events

    @property
    def first(self) -> int:
        """The `seq` of the first event."""
        return self.events[0].seq

    @property
    def last(self) -> int:
        """The `seq` of the last event."""
        return self.events[-1].seq

    def message(self, *, public: bool) -> Message:
        """Return the feed's frame of these events."""
        return self._public_message if public else self._full_message

    @cached_property
    def _full_message(self) -> Message:
        return Message(frames.events([event.full for event in self.events]))

    @cached_property
    def _public_message(self) -> Message:
        return Message(frames.events([event.public for event in self.events]))


def chunk(events: Iterable[Encoded]) -> Batch:
    """Return the first of these events, as many as ride in one frame."""
    taken: list[Encoded] = []
    size = 0
    for event in events:
        taken.append(event)
        size += len(event.full)
        if size >= MAX_CHUNK_BYTES:
            break
    return Batch(taken)
