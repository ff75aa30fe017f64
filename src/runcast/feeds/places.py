"""How many sockets and streams each principal, or each address, has open in this process. Bounded."""

from collections import Counter
from collections.abc import Hashable, Iterator
from contextlib import contextmanager

from runcast.errors import TooMany
from runcast.rates import network
from runcast.services.principals import Viewer


class Places:
    """Whoever wants to open one more than `limit` is refused until one of theirs is closed.

    The bound is on what one can make this process hold, so that no other process is asked.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._open: Counter[Hashable] = Counter()

    def check(self, who: Hashable) -> None:
        """Refuse one who has no place left.

        Raises:
            TooMany: they have as many open as one may have.
        """
        if self._open[who] >= self._limit:
            raise TooMany(f"{self._limit} sockets and streams are open; close one of them")

    @contextmanager
    def taken(self, who: Hashable) -> Iterator[None]:
        """Hold a place within this block.

        Raises:
            TooMany: as `check`.
        """
        self.check(who)
        self._open[who] += 1
        try:
            yield
        finally:
            self._open[who] -= 1
            if not self._open[who]:
                del self._open[who]


def holder(viewer: Viewer | None, address: str | None) -> Hashable:
    """Return whose place it is: the principal's or the share link's, else the address's."""
    return network(address or "") if viewer is None else viewer.subject
