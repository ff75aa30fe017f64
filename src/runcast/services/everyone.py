"""Lists of what is everybody's, for administrators: the newest first, at a bounded cost a page.

No index begins with what is asked for here, so a page looks at so many rows and no more, however few of
them match: it may be short, or empty, and have a next one all the same.
"""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, RowMapping, select

from runcast.database import UnitOfWork
from runcast.errors import Forbidden
from runcast.services.keysets import AFTER_ALL, Column, Rows, Span
from runcast.services.pages import Cursors, before
from runcast.services.principals import Principal

ROWS_A_PAGE = 10_000
_ALL = Span()


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
    span: Span = _ALL,
) -> tuple[Sequence[RowMapping], str | None]:
    """Return a page of what a statement selects, which has no order yet, and the cursor of the next.

    Args:
        by: the id of what is listed, by which a table is ordered.
        span: where to look.

    Raises:
        Unprocessable: the cursor is of another list.
    """
    upper = before(cursors, scope, cursor) or span.before or AFTER_ALL
    bounds = [by < upper] if span.after is None else [by < upper, by > span.after]
    lower = await _lowest_to_look_at(uow, by, bounds)
    here = statement.where(*bounds)
    asked = (
        (here if lower is None else here.where(by >= lower)).order_by(by.desc()).limit(limit + 1)
    )
    rows = (await uow.session.execute(asked)).mappings().all()
    if len(rows) > limit:
        lower = rows[limit - 1]["id"]
    return rows[:limit], None if lower is None else cursors.encode(scope, [str(lower)])


async def _lowest_to_look_at(
    uow: UnitOfWork, by: Column, bounds: Sequence[ColumnElement[bool]]
) -> UUID | None:
    """Return the last id that this page may look at; None if it may look at all that are left."""
    walk = select(by).where(*bounds).order_by(by.desc())
    found: UUID | None = await uow.session.scalar(walk.offset(ROWS_A_PAGE - 1).limit(1))
    return found
