"""Reads that are given up in the database itself once they have taken too long, whoever still waits for them."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
from sqlalchemy import func, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from runcast.database.failures import of_driver
from runcast.errors import TookTooLong


@asynccontextmanager
async def within(session: AsyncSession, seconds: float) -> AsyncIterator[None]:
    """Give up a statement of the block that takes longer, until the transaction ends.

    Raises:
        TookTooLong: one did; the session can only be rolled back.
    """
    interrupt, give_up = None, None
    if session.get_bind().dialect.name == "postgresql":
        limit = func.set_config("statement_timeout", str(round(seconds * 1000)), True)
        await session.execute(select(limit))
    else:
        driver: Any = (await (await session.connection()).get_raw_connection()).driver_connection
        # It may be called while another thread is in the statement, and does nothing after it.
        interrupt = driver._conn.interrupt  # noqa: SLF001 - aiosqlite's own is a coroutine
        give_up = asyncio.get_running_loop().call_later(seconds, interrupt)
    try:
        yield
    except DBAPIError as error:
        if _was_given_up(of_driver(error)):
            raise TookTooLong(f"it was given up after {seconds:g} s; narrow it") from error
        raise
    except asyncio.CancelledError:
        if interrupt is not None:
            # The thread would go on for nobody, and be waited for.
            interrupt()
        raise
    finally:
        if give_up is not None:
            give_up.cancel()


def _was_given_up(error: BaseException) -> bool:
    if isinstance(error, sqlite3.Error):
        return getattr(error, "sqlite_errorcode", 0) == sqlite3.SQLITE_INTERRUPT
    return isinstance(error, asyncpg.QueryCanceledError)
