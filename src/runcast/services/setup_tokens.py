"""The setup token: who holds it makes the first administrator. Only its hash is kept, and only once."""

import hmac
import secrets
from typing import Any, cast

from sqlalchemy import CursorResult, delete, select

from runcast.clock import Clock
from runcast.database import Database, UnitOfWork
from runcast.database.probe import KeptProbe
from runcast.fair_turns import ask_as
from runcast.models import SetupToken, User
from runcast.services.random_tokens import hash_of

PREFIX = "rcs_"
LOOK_SECONDS = 1.0
_LOOK = "setup"


async def offer(uow: UnitOfWork, clock: Clock) -> str | None:
    """Return a new setup token while there is no administrator; earlier ones no longer work."""
    await uow.session.execute(delete(SetupToken))
    administrator = select(User.id).where(User.is_admin, User.disabled_at.is_(None)).limit(1)
    if await uow.session.scalar(administrator) is not None:
        return None
    token = PREFIX + secrets.token_urlsafe(24)
    uow.session.add(SetupToken(hash=hash_of(token), created_at=clock.now()))
    return token


async def is_good(uow: UnitOfWork, token: str) -> bool:
    """Tell whether this is the token on offer, in a time that says nothing about it."""
    stored = await uow.session.scalars(select(SetupToken.hash))
    return any(hmac.compare_digest(each, hash_of(token)) for each in stored)


async def spend(uow: UnitOfWork, token: str) -> bool:
    """Use the token up; False if someone else was first."""
    result = await uow.session.execute(delete(SetupToken).where(SetupToken.hash == hash_of(token)))
    return cast("CursorResult[Any]", result).rowcount > 0


async def withdraw(uow: UnitOfWork) -> None:
    """Take back what is on offer, because there is an administrator now."""
    await uow.session.execute(delete(SetupToken))


async def is_on_offer(uow: UnitOfWork) -> bool:
    """Tell whether some setup token is on offer: the server waits for its first administrator."""
    return await uow.session.scalar(select(SetupToken.hash).limit(1)) is not None


def looking(database: Database, clock: Clock) -> KeptProbe[bool]:
    """Return what tells whether a token is on offer, and looks at most once a second for all strangers."""

    async def look() -> bool:
        # Whoever asks first, the answer is for all, and waits in nobody's turn.
        ask_as(_LOOK)
        async with UnitOfWork(database) as uow:
            return await is_on_offer(uow)

    return KeptProbe(look, clock, LOOK_SECONDS)
