"""Codes that somebody may show once and soon: sent by mail, or handed out between two steps of a sign-in."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, delete, func, select, update

from runcast.clock import Clock
from runcast.database import UnitOfWork
from runcast.database.upserts import insert_new
from runcast.errors import CodeRefused
from runcast.models import OneTimeCode
from runcast.services import random_tokens


class Purpose(StrEnum):
    """What a code is for; it is good for nothing else."""

    VERIFY_ADDRESS = "verify address"
    CHANGE_ADDRESS = "change address"
    RESET_PASSWORD = "reset password"  # noqa: S105 - the name of a purpose
    SECOND_FACTOR = "second factor"
    ADD_PASSKEY = "add passkey"
    SHOW_PASSKEY = "show passkey"
    FINISH_SIGN_IN = "finish sign-in"
    JOURNEY = "journey"
    LETTER = "letter"
    """No code: a letter's place among those of its address."""


@dataclass(frozen=True, slots=True)
class Known:
    """What a code stood for."""

    user_id: UUID | None
    data: dict[str, Any]


async def issue(
    uow: UnitOfWork,
    clock: Clock,
    purpose: Purpose,
    lifetime: timedelta,
    *,
    user_id: UUID | None = None,
    data: dict[str, Any] | None = None,
) -> str:
    """Return a new code: 256 bits of chance, of which only the hash is kept."""
    text = random_tokens.generate(random_tokens.ONE_TIME)
    now = clock.now()
    code = OneTimeCode(
        hash=random_tokens.hash_of(text),
        purpose=purpose,
        user_id=user_id,
        data=data or {},
        created_at=now,
        expires_at=now + lifetime,
    )
    uow.session.add(code)
    await uow.session.flush()
    return text


async def spend(uow: UnitOfWork, clock: Clock, purpose: Purpose, text: str) -> Known | None:
    """Use a code up, and return what it stood for; None if it is not, or no longer, good.

    The caller commits: what is done by the code and its end are one.
    """
    statement = (
        delete(OneTimeCode)
        .where(*_its(purpose, text))
        .returning(OneTimeCode.user_id, OneTimeCode.data, OneTimeCode.expires_at)
    )
    row = (await uow.session.execute(statement)).first()
    return None if row is None or row.expires_at <= clock.now() else Known(row.user_id, row.data)


async def peek(uow: UnitOfWork, clock: Clock, purpose: Purpose, text: str) -> Known | None:
    """Return what a code stands for, and leave it as it is; None as in `spend`, which has the last word."""
    query = select(OneTimeCode.user_id, OneTimeCode.data)
    row = (
        await uow.session.execute(
            query.where(*_its(purpose, text), OneTimeCode.expires_at > clock.now())
        )
    ).first()
    return None if row is None else Known(row.user_id, row.data)


async def last_issued(uow: UnitOfWork, purpose: Purpose, user_id: UUID) -> datetime | None:
    """Return when this user's youngest code of this purpose was made; None if there is none."""
    query = select(OneTimeCode.created_at).where(*_theirs(purpose, user_id))
    return await uow.session.scalar(query.order_by(OneTimeCode.created_at.desc()).limit(1))


async def count_live(uow: UnitOfWork, clock: Clock, purpose: Purpose, user_id: UUID) -> int:
    """Return how many codes of this purpose a user could show now."""
    query = select(func.count()).where(
        *_theirs(purpose, user_id), OneTimeCode.expires_at > clock.now()
    )
    return await uow.session.scalar(query) or 0


async def withdraw(uow: UnitOfWork, purpose: Purpose, user_id: UUID) -> None:
    """End all codes of this purpose that this user was handed."""
    await uow.session.execute(delete(OneTimeCode).where(*_theirs(purpose, user_id)))


async def hold(uow: UnitOfWork, clock: Clock, purpose: Purpose, text: str) -> Known | None:
    """Return what a code stands for, and let nobody else at it until the unit ends; as `spend` otherwise.

    It is for codes that may be tried more than once: the caller ends the code, or amends it.
    """
    # An update that changes nothing takes the row on either database, and reads it as it is by then.
    statement = (
        update(OneTimeCode)
        .where(*_its(purpose, text), OneTimeCode.expires_at > clock.now())
        .values(purpose=purpose)
        .returning(OneTimeCode.user_id, OneTimeCode.data)
    )
    row = (await uow.session.execute(statement)).first()
    return None if row is None else Known(row.user_id, row.data)


async def amend(uow: UnitOfWork, text: str, data: dict[str, Any]) -> None:
    """Let a code that is held stand for this from now on."""
    its = OneTimeCode.hash == random_tokens.hash_of(text)
    await uow.session.execute(update(OneTimeCode).where(its).values(data=data))


def refused() -> CodeRefused:
    """Return the one refusal of every code from a letter that is not good."""
    return CodeRefused("the code is not, or no longer, good; ask for another")


async def mark_spent(
    uow: UnitOfWork, clock: Clock, purpose: Purpose, text: str, expires_at: datetime
) -> bool:
    """Keep that something which was sealed, and not kept here, has been used; False if that is known.

    Args:
        expires_at: until when it could be used again.
    """
    row = {"purpose": purpose, "data": {}, "created_at": clock.now(), "expires_at": expires_at}
    return await insert_new(uow.session, OneTimeCode, {"hash": random_tokens.hash_of(text)}, row)


def _its(purpose: Purpose, text: str) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return OneTimeCode.hash == random_tokens.hash_of(text), OneTimeCode.purpose == purpose


def _theirs(purpose: Purpose, user_id: UUID) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return OneTimeCode.user_id == user_id, OneTimeCode.purpose == purpose
