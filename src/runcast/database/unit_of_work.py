"""The unit of work: one session, one commit, and the news only after it."""

from collections.abc import Callable
from types import TracebackType

from sqlalchemy.ext.asyncio import AsyncSession

from runcast.database.engine import Database


class UnitOfWork:
    """What a service works in. It opens nothing before it is used, and ends with one commit.

    `async with UnitOfWork(database) as uow:` commits when the block ends well and rolls back when it
    raises. A service that must await something else than the database (a hash, the event log) calls
    `commit` first, so that neither a connection nor the right to write is held meanwhile.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._session: AsyncSession | None = None
        self._news: list[Callable[[], None]] = []

    @property
    def session(self) -> AsyncSession:
        """The session of this unit, opened at its first use."""
        if self._session is None:
            self._session = self._database.session()
        return self._session

    def after_commit(self, tell: Callable[[], None]) -> None:
        """Call this once the next commit has returned; never, if it is rolled back."""
        self._news.append(tell)

    async def commit(self) -> None:
        """Commit what was done so far, give the connection back, then tell the news."""
        if self._session is not None:
            await self._session.commit()
        news, self._news = self._news, []
        for tell in news:
            tell()

    async def __aenter__(self) -> "UnitOfWork":
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            if kind is None:
                await self.commit()
        finally:
            if self._session is not None:
                await self._session.close()
