"""People as administrators see them: one, or pages of all."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from runcast.database import UnitOfWork
from runcast.errors import NotFound
from runcast.models import User
from runcast.services.addresses import spelt
from runcast.services.pages import Cursors, before, newest_page

_COLUMNS = (
    User.id,
    User.email,
    User.email_verified_at,
    User.name,
    User.is_admin,
    User.disabled_at,
    User.created_at,
)


@dataclass(frozen=True, slots=True)
class Account:
    """A person and where their account stands."""

    id: UUID
    email: str
    email_verified_at: datetime | None
    name: str
    is_admin: bool
    disabled_at: datetime | None
    created_at: datetime


async def get(uow: UnitOfWork, user_id: UUID) -> Account:
    """Return one account.

    Raises:
        NotFound: there is none.
    """
    row = (await uow.session.execute(select(*_COLUMNS).where(User.id == user_id))).first()
    if row is None:
        raise NotFound("no such user")
    return Account(*row)


async def every(uow: UnitOfWork) -> list[Account]:
    """Return all accounts, the oldest first."""
    return [Account(*row) for row in await uow.session.execute(select(*_COLUMNS).order_by(User.id))]


async def page(
    uow: UnitOfWork, cursors: Cursors, begins: str, *, limit: int, cursor: str | None
) -> tuple[list[Account], str | None]:
    """Return a page of all accounts, the newest first, and the cursor of the next.

    Args:
        begins: how their addresses begin, in any case.

    Raises:
        Unprocessable: the cursor is of another list.
    """
    scope = f"users {begins}"
    statement = select(*_COLUMNS).order_by(User.id.desc()).limit(limit + 1)
    if begins:
        statement = statement.where(User.email_key.startswith(spelt(begins), autoescape=True))
    if (earlier := before(cursors, scope, cursor)) is not None:
        statement = statement.where(User.id < earlier)
    found = [Account(*row) for row in await uow.session.execute(statement)]
    return newest_page(cursors, scope, found, limit)
