"""The size of a text column in UTF-8 bytes, which each database asks for in its own way."""

from typing import Any

from sqlalchemy import ColumnElement, Integer
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import InstrumentedAttribute
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement


class _Octets(FunctionElement[int]):
    type = Integer()
    name = "octets"
    inherit_cache = True


def octets(text: ColumnElement[str | None] | InstrumentedAttribute[Any]) -> ColumnElement[int]:
    """Return the number of bytes of a text in UTF-8; null where the text is."""
    return _Octets(text)


@compiles(_Octets)
def _standard(element: _Octets, compiler: SQLCompiler, **options: Any) -> str:
    return f"octet_length({compiler.process(element.clauses, **options)})"


@compiles(_Octets, "sqlite")
def _sqlite(element: _Octets, compiler: SQLCompiler, **options: Any) -> str:
    # SQLite has octet_length since 3.43 only, and its length counts characters.
    return f"length(CAST({compiler.process(element.clauses, **options)} AS BLOB))"
