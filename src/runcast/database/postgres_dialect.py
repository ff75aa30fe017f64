"""SQLAlchemy's asyncpg dialect on connections that Runcast opens and teaches their types."""

from typing import Any

from sqlalchemy.dialects import registry
from sqlalchemy.dialects.postgresql.asyncpg import PGDialect_asyncpg
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from runcast.database.postgres_connections import Connect
from runcast.database.stored_json import dump


class RuncastPostgresDialect(PGDialect_asyncpg):
    """`postgresql+runcast://`: asyncpg, with JSON read and written as `stored_json` does."""

    driver = "runcast"
    supports_statement_cache = True

    async def setup_asyncpg_json_codec(self, conn: Any) -> None:
        """Leave JSON as the connection was taught."""

    async def setup_asyncpg_jsonb_codec(self, conn: Any) -> None:
        """Leave JSONB as the connection was taught."""


def create_engine(connect: Connect, *, prepared_statements: bool, **options: Any) -> AsyncEngine:
    """Return an engine whose connections are opened by this function.

    Args:
        connect: opens one.
        prepared_statements: whether statements may be kept under names in the server.
        options: to SQLAlchemy's `create_async_engine`.
    """

    def open_one() -> Any:
        dialect: Any = engine.dialect
        return dialect.dbapi.connect(async_creator_fn=connect, **kept)

    kept: dict[str, Any] = {}
    if not prepared_statements:
        kept = {"prepared_statement_cache_size": 0, "prepared_statement_name_func": str}
    engine = create_async_engine(
        "postgresql+runcast://", creator=open_one, json_serializer=dump, **options
    )
    return engine


registry.register("postgresql.runcast", __name__, RuncastPostgresDialect.__name__)
