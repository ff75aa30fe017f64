"""Sessions on PostgreSQL read JSON as the connection was taught, and keep statements only if told."""

from sqlalchemy import JSON, NullPool, literal, select, text

from runcast.database import postgres_dialect
from runcast.database.postgres_connections import connector

LARGE = {"a": 1e22}


async def test_plain_json_is_read_and_written_as_the_rest(postgres_url: str) -> None:
    connect = connector(postgres_url, prepared_statements=True)
    engine = postgres_dialect.create_engine(connect, prepared_statements=True, poolclass=NullPool)
    async with engine.connect() as connection:
        assert repr(await connection.scalar(select(literal(LARGE, JSON())))) == repr(LARGE)
    await engine.dispose()


async def test_statements_are_kept_under_names_only_where_they_may(postgres_url: str) -> None:
    for allowed in (True, False):
        connect = connector(postgres_url, prepared_statements=allowed)
        engine = postgres_dialect.create_engine(
            connect, prepared_statements=allowed, poolclass=NullPool
        )
        async with engine.connect() as connection:
            await connection.execute(text("SELECT 1"))
            kept = await connection.scalars(text("SELECT name FROM pg_prepared_statements"))
            assert any(kept) is allowed
        await engine.dispose()
