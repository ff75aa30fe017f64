"""The ways by which somebody signs in: a password, providers, passkeys. The last one is not taken away."""

from uuid import UUID

from sqlalchemy import exists, func, select

from runcast.database import UnitOfWork
from runcast.errors import LastWayIn
from runcast.models import Identity, Passkey, User


async def hold(uow: UnitOfWork, user_id: UUID) -> None:
    """Let nobody else take a way away before this unit ends; call it before the removal."""
    # SQLite has one writer, and leaves the lock out.
    await uow.session.execute(
        select(User.id).where(User.id == user_id).with_for_update(key_share=True)
    )


async def check_left(uow: UnitOfWork, user_id: UUID) -> None:
    """Return if a way is left; call it after the removal, which an error rolls back.

    Raises:
        LastWayIn: none is.
    """
    ways = select(
        select(User.password_hash).where(User.id == user_id).scalar_subquery().is_not(None),
        exists().where(Identity.user_id == user_id),
        exists().where(Passkey.user_id == user_id),
    )
    if not any((await uow.session.execute(ways)).one()):
        raise LastWayIn("this is your last way to sign in; add another one first")


async def has_password(uow: UnitOfWork, user_id: UUID) -> bool:
    """Tell whether somebody has a password."""
    theirs = (User.id == user_id, User.password_hash.is_not(None))
    return bool(await uow.session.scalar(select(func.count()).where(*theirs)))
