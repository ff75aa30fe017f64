"""What lies between a connection and whoever iterates: a bounded queue of frames."""

import asyncio
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager

from runcast_client.frames import Events, Frame

CAPACITY = 4096
"""Events held for a slow reader before its connection is no longer read."""


class FrameBuffer:
    """Frames in order, weighed by their events, with an end that is told behind the last one."""

    def __init__(self, capacity: int = CAPACITY) -> None:
        self._capacity = capacity
        self._frames: deque[Frame] = deque()
        self._weight = 0
        self._urgent = 0
        self._closed = False
        self._error: BaseException | None = None
        self._some = asyncio.Event()
        self._room = asyncio.Event()
        self._room.set()

    @property
    def full(self) -> bool:
        """Whether whoever fills it should wait."""
        return self._weight >= self._capacity and not self._urgent

    def put(self, frame: Frame) -> None:
        """Add a frame, full or not."""
        self._frames.append(frame)
        self._weigh(_weight(frame))
        self._some.set()

    async def room(self) -> None:
        """Wait until it is not full."""
        await self._room.wait()

    async def get(self) -> Frame | None:
        """Return the next frame; at the end None, or raise the error that ended the feed."""
        while not self._frames and not self._closed:
            self._some.clear()
            await self._some.wait()
        if self._frames:
            frame = self._frames.popleft()
            self._weigh(-_weight(frame))
            return frame
        if self._error is not None:
            raise self._error
        return None

    def close(self, error: BaseException | None) -> None:
        """Tell the end, which whoever reads meets behind what is still held."""
        self._closed = True
        self._error = error
        self._some.set()

    @contextmanager
    def urgent(self) -> Iterator[None]:
        """Take in without bound meanwhile: an answer is awaited that stands behind the events."""
        self._urgent += 1
        self._weigh(0)
        try:
            yield
        finally:
            self._urgent -= 1
            self._weigh(0)

    def _weigh(self, change: int) -> None:
        self._weight += change
        if self.full:
            self._room.clear()
        else:
            self._room.set()


def _weight(frame: Frame) -> int:
    return len(frame.events) if isinstance(frame, Events) else 1
