"""SQLAlchemy's asyncpg dialect on connections that Runcast opens and teaches their types."""

from typing import Any

from sqlalchemy.dialects import registry
from sqlalchemy.dialects.postgresql.asyncpg import PGDialect_asyncpg
from sqlalchemy.engine import Dialect

from runcast.database.postgres_connections import Connect


class RuncastPostgresDialect(PGDialect_asyncpg):
    """`postgresql+runcast://`: asyncpg, with JSON read and written as `stored_json` does."""

    driver = "runcast"
    supports_statement_cache = True

    async def setup_asyncpg_json_codec(self, conn: Any) -> None:
        """Leave JSON as the connection was taught."""

    async def setup_asyncpg_jsonb_codec(self, conn: Any) -> None:
        """Leave JSONB as the connection was taught."""


def adapt(dialect: Dialect, connect: Connect, *, prepared_statements: bool) -> Any:
    """Return a new connection as SQLAlchemy uses it; called where SQLAlchemy may await."""
    options: dict[str, Any] = {}
    if not prepared_statements:
        options = {"prepared_statement_cache_size": 0, "prepared_statement_name_func": str}
    module: Any = dialect.loaded_dbapi
    return module.connect(async_creator_fn=connect, **options)


registry.register("postgresql.runcast", __name__, RuncastPostgresDialect.__name__)
