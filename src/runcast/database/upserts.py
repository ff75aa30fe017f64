"""Insert or update in one statement, so that processes that do it at once do not collide."""

from typing import Any

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
    dialect = session.get_bind().dialect.name
    insert = postgresql.insert if dialect == "postgresql" else sqlite.insert
    statement: Any = insert(model).values(**key, **values)
    if values:
        statement = statement.on_conflict_do_update(index_elements=list(key), set_=values)
    else:
        statement = statement.on_conflict_do_nothing(index_elements=list(key))
    await session.execute(statement)
