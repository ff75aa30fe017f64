"""A text's size is counted in bytes, not in letters, on both databases."""

import pytest
from sqlalchemy import literal, select
from sqlalchemy.engine import make_url

from runcast.database import Database, SqliteDatabase, UnitOfWork
from runcast.database.octets import octets


@pytest.mark.parametrize(
    ("text", "size"), [("", 0), ("abc", 3), ("é", 2), ("😀x", 5), (None, None)]
)
async def test_a_size_is_the_number_of_bytes_in_utf_8(
    database: Database, text: str | None, size: int | None
) -> None:
    async with UnitOfWork(database) as uow:
        assert await uow.session.scalar(select(octets(literal(text)))) == size


async def test_sqlite_counts_past_a_nul(sqlite_database: SqliteDatabase) -> None:
    async with UnitOfWork(sqlite_database) as uow:
        assert await uow.session.scalar(select(octets(literal("a\0b")))) == 3


def test_postgresql_is_asked_in_standard_sql() -> None:
    compiled = select(octets(literal("é"))).compile(
        dialect=make_url("postgresql://").get_dialect()()
    )
    assert "octet_length(" in str(compiled)
