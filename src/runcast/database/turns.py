"""Turns among processes: what only one of them does at a time, until its transaction ends."""

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession


async def take_turn(session: AsyncSession, work: int) -> bool:
    """Take the turn at some work until the transaction ends; False if another process has it.

    On SQLite it is always one's own: writers wait for each other there.

    Args:
        work: a number that stands for the work, the same in every process.
    """
    if session.get_bind().dialect.name != "postgresql":
        return True
    return bool(await session.scalar(select(func.pg_try_advisory_xact_lock(work))))
