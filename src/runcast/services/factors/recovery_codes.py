"""Recovery codes: ten that stand in for a lost second factor, each once; told when they are made."""

from uuid import UUID

from sqlalchemy import delete, func, select

from runcast.database import UnitOfWork
from runcast.models import RecoveryCode
from runcast.services.factors import recovery_texts
from runcast.services.sessions import changed

COUNT = 10


async def renew(uow: UnitOfWork, user_id: UUID) -> tuple[str, ...]:
    """Make a new set, which nobody can tell again; the old one is good no more."""
    await remove(uow, user_id)
    texts = tuple(recovery_texts.generate() for _ in range(COUNT))
    hashes = [recovery_texts.hash_of(text) for text in texts]
    uow.session.add_all([RecoveryCode(hash=each, user_id=user_id) for each in hashes])
    await uow.session.flush()
    return texts


async def left(uow: UnitOfWork, user_id: UUID) -> int:
    """Return how many of somebody's codes are still good."""
    theirs = RecoveryCode.user_id == user_id
    return await uow.session.scalar(select(func.count()).where(theirs)) or 0


async def take(uow: UnitOfWork, user_id: UUID, text: str) -> bool:
    """Use a code up; False if it is none of this person's."""
    its = (RecoveryCode.hash == recovery_texts.hash_of(text), RecoveryCode.user_id == user_id)
    return await changed(uow, delete(RecoveryCode).where(*its))


async def remove(uow: UnitOfWork, user_id: UUID) -> None:
    """End all of somebody's codes."""
    await uow.session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user_id))
