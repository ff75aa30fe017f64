"""Turns among transactions: what only one of them does at a time, until it ends."""

import hashlib

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


async def wait_for_turn(session: AsyncSession, what: str) -> None:
    """Wait until no other transaction has the turn at this, and have it until this one ends.

    On SQLite the caller writes first of all: writers wait for each other there.

    Args:
        what: the same text for the same turn; there need be no row of it.
    """
    if session.get_bind().dialect.name == "postgresql":
        digest = hashlib.blake2b(what.encode("utf-8", "surrogatepass"), digest_size=8).digest()
        number = int.from_bytes(digest, signed=True)
        await session.execute(select(func.pg_advisory_xact_lock(number)))
