"""What every bus is: rings go out without waiting, rings of other processes come in."""

import logging
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from uuid import UUID

logger = logging.getLogger(__name__)

Listener = Callable[[Sequence["Ring"]], None]
ResumedListener = Callable[[], None]


@dataclass(frozen=True, slots=True)
class Ring:
    """An execution's row as a commit left it: the head of its log, its state, and its inbox."""

    execution_id: UUID
    last_seq: int
    state: str
    inbox: int


class Bus(ABC):
    """Carries rings between processes. One's own are not heard.

    Attributes:
        published: rings that were handed over to be told to others.
        received: rings of others that were told to the listeners.
        dropped: rings that were lost here, because the bus was away or there were too many.
        reconnects: how often the bus has come back.
    """

    def __init__(self) -> None:
        self.published = 0
        self.received = 0
        self.dropped = 0
        self.reconnects = 0
        self._listeners: list[Listener] = []
        self._resumed_listeners: list[ResumedListener] = []

    @property
    @abstractmethod
    def connected(self) -> bool:
        """Whether rings go out and come in now."""

    @abstractmethod
    async def start(self) -> None:
        """Return once rings come in, or after a bounded time without them."""

    @abstractmethod
    async def stop(self) -> None:
        """Stop; what was published just now still goes out if it can. Safe to call twice."""

    @abstractmethod
    def publish(self, rings: Sequence[Ring]) -> None:
        """Tell the other processes, some time soon or never. It neither waits nor raises.

        Of several rings of one execution that wait to go out the newest replaces the others.
        """

    def listen(self, listener: Listener) -> None:
        """Tell this listener, on the loop, of what rings elsewhere from now on."""
        self._listeners.append(listener)

    def listen_resumed(self, listener: ResumedListener) -> None:
        """Tell this listener whenever rings come in again: some may have been lost before."""
        self._resumed_listeners.append(listener)

    def _tell(self, rings: Sequence[Ring]) -> None:
        self.received += len(rings)
        for listener in self._listeners:
            try:
                listener(rings)
            except Exception:
                # A deaf listener finds out when it next looks, and is no reason to stop hearing.
                logger.exception("a listener of the bus failed")

    def _tell_resumed(self) -> None:
        for listener in self._resumed_listeners:
            try:
                listener()
            except Exception:
                logger.exception("a listener of the bus failed")
