"""What a route or a socket may ask for: the only door from HTTP to what lies below."""

from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import Depends
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import HTTPConnection

from runcast.database import UnitOfWork
from runcast.runtime import Runtime


def get_runtime(connection: HTTPConnection) -> Runtime:
    """Return the parts of the application that serves this request or socket."""
    runtime: Runtime = connection.app.state.runtime
    return runtime


Parts = Annotated[Runtime, Depends(get_runtime)]


async def get_unit_of_work(runtime: Parts) -> AsyncIterator[UnitOfWork]:
    """Yield a unit of work that commits before the answer is sent, if nothing was raised."""
    async with UnitOfWork(runtime.database) as uow:
        yield uow


Unit = Annotated[UnitOfWork, Depends(get_unit_of_work, scope="function")]


async def get_db(runtime: Parts) -> AsyncIterator[AsyncSession]:
    """Yield a session for one's own tables and Runcast's; committing is the caller's business.

    Ask for it with `Annotated[AsyncSession, Depends(get_db, scope="function")]` (exported as `Db`),
    so that it is closed before the answer is sent; never in a WebSocket route, where it would live as
    long as the socket does.

    Raises:
        RuntimeError: the request ended well with changes that nobody committed.
    """
    async with runtime.database.session() as session:
        yield session
        if session.new or session.dirty or session.deleted:
            raise RuntimeError("a session from get_db was left with changes that nobody committed")


Db = Annotated[AsyncSession, Depends(get_db, scope="function")]
