"""One condition in two wordings, of which each database is given its own."""

from typing import Any

from sqlalchemy import Boolean, ColumnElement
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement


class _ByDialect(FunctionElement[bool]):
    # Both are held as clauses, so that SQLAlchemy's cache of statements knows the values in either.
    type = Boolean()
    name = "by_dialect"
    inherit_cache = True


def by_dialect(
    *, sqlite: ColumnElement[bool], postgresql: ColumnElement[bool]
) -> ColumnElement[bool]:
    """Return the condition that is one of these, depending on who is asked."""
    return _ByDialect(sqlite, postgresql)


@compiles(_ByDialect, "sqlite")
def _sqlite(element: _ByDialect, compiler: SQLCompiler, **options: Any) -> str:
    sqlite, _ = element.clauses
    return compiler.process(sqlite, **options)


@compiles(_ByDialect, "postgresql")
def _postgresql(element: _ByDialect, compiler: SQLCompiler, **options: Any) -> str:
    _, postgresql = element.clauses
    return compiler.process(postgresql, **options)
