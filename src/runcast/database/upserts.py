"""Insert or update in one statement, so that processes that do it at once do not collide."""

from typing import Any, cast

from sqlalchemy import CursorResult
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from runcast.models import Base


async def put(
    session: AsyncSession, model: type[Base], key: dict[str, Any], values: dict[str, Any]
) -> None:
    """Insert a row, or give the one that has this primary key these values.

    Args:
        key: the columns of the primary key, by name.
        values: the other columns, by name; none of them leaves a row that is there as it is.
    """
    statement = _insert(session, model, {**key, **values})
    if values:
        statement = statement.on_conflict_do_update(index_elements=list(key), set_=values)
    else:
        statement = statement.on_conflict_do_nothing(index_elements=list(key))
    await session.execute(statement)


async def insert_new(
    session: AsyncSession, model: type[Base], key: dict[str, Any], values: dict[str, Any]
) -> bool:
    """Insert a row, unless there is one with this primary key; tell whether it was inserted.

    Args:
        key: the columns of the primary key, by name.
        values: the other columns, by name.
    """
    statement = _insert(session, model, {**key, **values})
    result = await session.execute(statement.on_conflict_do_nothing(index_elements=list(key)))
    return cast("CursorResult[Any]", result).rowcount > 0


def _insert(session: AsyncSession, model: type[Base], row: dict[str, Any]) -> Any:
    dialect = session.get_bind().dialect.name
    insert = postgresql.insert if dialect == "postgresql" else sqlite.insert
    return insert(model).values(**row)
