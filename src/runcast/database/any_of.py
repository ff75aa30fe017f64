"""The condition that a column is one of a collection of any size, bound as one parameter.

SQLite takes no more than 32,766 parameters, and a statement with another number of them each time
would be another statement.
"""

from collections.abc import Callable, Iterable
from typing import Any

import orjson
from sqlalchemy import Boolean, ColumnElement, Text, TypeDecorator, bindparam
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.engine import Dialect
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import InstrumentedAttribute
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeEngine


class Many(TypeDecorator[Any]):
    """Values of one type in one parameter: an array on PostgreSQL, a JSON list on SQLite."""

    impl = Text
    cache_ok = True

    def __init__(self, kind: TypeEngine[Any]) -> None:
        super().__init__()
        self.kind = kind

    def load_dialect_impl(self, dialect: Dialect) -> Any:
        """Return an array on PostgreSQL, text elsewhere."""
        many = ARRAY(self.kind) if dialect.name == "postgresql" else Text()
        return dialect.type_descriptor(many)

    def process_bind_param(self, value: Iterable[Any] | None, dialect: Dialect) -> Any:
        """Return the values as the driver takes them."""
        assert value is not None
        if dialect.name == "postgresql":
            return list(value)
        convert: Callable[[Any], Any] | None = self.kind.dialect_impl(dialect).bind_processor(
            dialect
        )
        return orjson.dumps([convert(one) if convert else one for one in value]).decode()


class _AnyOf(FunctionElement[bool]):
    type = Boolean()
    name = "any_of"
    inherit_cache = True

    def self_group(self, against: Any = None) -> Any:
        """Return the condition as it is: compared with 1, as SQLite has no booleans, it walks the table."""
        del against
        return self


def any_of(column: ColumnElement[Any] | InstrumentedAttribute[Any], name: str) -> _AnyOf:
    """Return the condition that the column is one of the collection bound as `name`."""
    return _AnyOf(column, bindparam(name, type_=Many(column.type)))


@compiles(_AnyOf, "postgresql")
def _postgresql(element: _AnyOf, compiler: SQLCompiler, **options: Any) -> str:
    column, many = (compiler.process(clause, **options) for clause in element.clauses)
    return f"{column} = ANY ({many})"


@compiles(_AnyOf, "sqlite")
def _sqlite(element: _AnyOf, compiler: SQLCompiler, **options: Any) -> str:
    column, many = (compiler.process(clause, **options) for clause in element.clauses)
    return f"{column} IN (SELECT value FROM json_each({many}))"  # noqa: S608 - no value
