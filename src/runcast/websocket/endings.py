"""That a socket has to end: whoever listens to it or writes to it is told at that moment, and stops."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from starlette.websockets import WebSocket

from runcast.errors import Restarting, RuncastError

_KEY = "runcast.ending"
# Who may no longer be here is not waited for: a close that is not taken by then is followed by a reset.
CLOSE_SECONDS = 1.0


class Ending:
    """Whether one socket has to end, and who is to be told of it."""

    def __init__(self) -> None:
        self.begun = False
        self._tell: dict[object, Callable[[], None]] = {}

    def begin(self) -> None:
        """Tell all that it ends. Safe to call twice."""
        self.begun = True
        told, self._tell = list(self._tell.values()), {}
        for tell in told:
            tell()

    def tell(self, whom: object, tell: Callable[[], None]) -> None:
        """Call `tell` once it begins; at once if it has begun."""
        if self.begun:
            tell()
        else:
            self._tell[whom] = tell

    def forget(self, whom: object) -> None:
        """Tell them no more. Safe to call twice."""
        self._tell.pop(whom, None)

    @contextmanager
    def telling(self, tell: Callable[[], None]) -> Iterator[None]:
        """Tell of it for the length of a block."""
        whom = object()
        self.tell(whom, tell)
        try:
            yield
        finally:
            self.forget(whom)


def ending_of(websocket: WebSocket) -> Ending:
    """Return the one ending of a socket, whichever object stands for that."""
    ending: Ending = websocket.scope.setdefault(_KEY, Ending())
    return ending


def patience(reason: RuncastError, stuck_seconds: float) -> float:
    """Return how many seconds a client has for taking the close: few, unless it is the server that goes."""
    if isinstance(reason, Restarting):
        return stuck_seconds
    return min(CLOSE_SECONDS, stuck_seconds)
