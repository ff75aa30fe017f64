"""Lists of what is everybody's, for administrators: the newest first, at a bounded cost a page.

No index begins with what is asked for here, so a page looks at so many rows and no more, however few of
them match: it may be short, or empty, and have a next one all the same.
"""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import RowMapping, select

from runcast.database import UnitOfWork
from runcast.errors import Forbidden
from runcast.services.keysets import AFTER_ALL, Column, Rows
from runcast.services.pages import Cursors, before
from runcast.services.principals import Principal

ROWS_A_PAGE = 10_000


def check(principal: Principal) -> None:
    """Refuse everybody but administrators, who are that by a session and never by a key.

    Raises:
        Forbidden: it is not one.
    """
    if not principal.is_admin:
        raise Forbidden("only administrators list what is everybody's")


async def page(
    uow: UnitOfWork,
    cursors: Cursors,
    statement: Rows,
    by: Column,
    *,
    scope: str,
    limit: int,
    cursor: str | None,
) -> tuple[Sequence[RowMapping], str | None]:
    """Return a page of what a statement selects, which has no order yet, and the cursor of the next.

    Args:
        by: the id of what is listed, by which a table is ordered.

    Raises:
        Unprocessable: the cursor is of another list.
    """
    upper = before(cursors, scope, cursor) or AFTER_ALL
    lower = await _lowest_to_look_at(uow, by, upper)
    here = (
        statement.where(by < upper) if lower is None else statement.where(by < upper, by >= lower)
    )
    asked = here.order_by(by.desc()).limit(limit + 1)
    rows = (await uow.session.execute(asked)).mappings().all()
    if len(rows) > limit:
        lower = rows[limit - 1]["id"]
    return rows[:limit], None if lower is None else cursors.encode(scope, [str(lower)])


async def _lowest_to_look_at(uow: UnitOfWork, by: Column, upper: UUID) -> UUID | None:
    """Return the last id that this page may look at; None if it may look at all that are left."""
    walk = select(by).where(by < upper).order_by(by.desc())
    found: UUID | None = await uow.session.scalar(walk.offset(ROWS_A_PAGE - 1).limit(1))
    return found
