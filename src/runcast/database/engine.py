"""The open database, whichever it is: sessions for what is comfortable, prepared reads for what is hot."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from datetime import datetime
from typing import Any, ClassVar, Literal

from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker

from runcast.database.json_changes import JsonTrackingSession
from runcast.database.prepared_reads import PreparedRead

Kind = Literal["sqlite", "postgresql"]


class Database(ABC):
    """One database. Nobody outside this room and the event log's stores asks of which kind it is.

    Attributes:
        is_ours_alone: whether no other process can run executions on it while this one has it open.
    """

    kind: ClassVar[Kind]
    is_ours_alone: ClassVar[bool]

    def __init__(self, engine: AsyncEngine) -> None:
        self.engine = engine
        self.sessions = async_sessionmaker(
            engine, sync_session_class=JsonTrackingSession, expire_on_commit=False
        )

    @property
    def connections_in_use(self) -> int:
        """How many of the ORM's connections are checked out now."""
        return self.engine.sync_engine.pool.checkedout()  # type: ignore[attr-defined,no-any-return]

    def session(self) -> AsyncSession:
        """Return a new session, whose in-place changes of JSON are always saved."""
        return self.sessions()

    @abstractmethod
    async def start(self) -> None:
        """Start what the hot path uses."""

    @abstractmethod
    async def stop(self) -> None:
        """Close every connection. Safe to call twice."""

    @abstractmethod
    def is_written_by_this_task(self) -> bool:
        """Tell whether this task holds an open transaction that wrote.

        It must not wait for the event log then: the log might wait for that transaction.
        """

    @abstractmethod
    async def fetch(self, read: PreparedRead, **values: Any) -> Sequence[tuple[Any, ...]]:
        """Return all rows of a prepared read.

        Args:
            read: what to read.
            values: of its bound parameters, by name.

        Raises:
            runcast.database.failures.DRIVER_ERRORS: the database does not answer.
        """

    @abstractmethod
    async def fetch_one(self, read: PreparedRead, **values: Any) -> tuple[Any, ...] | None:
        """Return the first row of a prepared read, or None if there is none; otherwise as `fetch`."""

    @abstractmethod
    async def server_time(self) -> datetime | None:
        """Return the moment by the clock of the server; None where there is no server.

        Raises:
            runcast.database.failures.DRIVER_ERRORS: the database does not answer.
        """
