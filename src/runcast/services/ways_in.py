"""The ways by which somebody signs in: a password, providers, passkeys. The last one is not taken away."""

from uuid import UUID

from sqlalchemy import exists, func, select, update

from runcast.database import UnitOfWork
from runcast.errors import LastWayIn
from runcast.models import Identity, Passkey, User


async def hold(uow: UnitOfWork, user_id: UUID) -> None:
    """Let nobody else add, end or use somebody's credentials before this unit ends.

    Call it before any of their rows is read for a decision, or locked: so nobody waits in a circle.
    """
    # An update that changes nothing takes the row on either database, where only a write locks SQLite.
    # Without the ORM's bookkeeping, which would read what it has loaded again.
    held = update(User).where(User.id == user_id).values(name=User.name)
    await uow.session.execute(held, execution_options={"synchronize_session": False})


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
