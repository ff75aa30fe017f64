"""Each database is given its own wording, with the values of this time."""

from sqlalchemy import literal, select

from runcast.database import Database, PostgresDatabase
from runcast.database.by_dialect import by_dialect


async def test_each_database_gets_its_own_and_no_value_of_an_earlier_time(
    database: Database,
) -> None:
    on_postgres = isinstance(database, PostgresDatabase)
    async with database.session() as session:
        for value in (1, 2, 1):
            condition = by_dialect(sqlite=literal(value) == 1, postgresql=literal(value) == 2)
            assert await session.scalar(select(condition)) is (value == (2 if on_postgres else 1))
