"""How a table's changes are split, so that each part of a generated revision runs on SQLite too.

A batch that rebuilds a table loses the expressions of indexes made in it, so indexes are dropped in a
batch before it and made in one after it. A new column that may not be NULL gets its model's default
as the value of the rows that are there, and loses it again in a batch of its own.
"""

from typing import Any

from alembic.autogenerate.rewriter import Rewriter
from alembic.operations import ops
from sqlalchemy import Column, TextClause, text
from sqlalchemy.dialects import sqlite

rewriter = Rewriter()

_SQLITE = sqlite.dialect()
_MADE_EMPTY: dict[str, Any] = {"dict": {}, "list": []}


@rewriter.rewrites(ops.ModifyTableOps)
def split_batches(_context: Any, _revision: Any, batch: ops.ModifyTableOps) -> list[Any]:
    """Return the batch as up to four that run one after the other."""
    dropped = [op for op in batch.ops if isinstance(op, ops.DropIndexOp)]
    made = [op for op in batch.ops if isinstance(op, ops.CreateIndexOp)]
    changed = [op for op in batch.ops if op not in dropped and op not in made]
    added = [_filled(op) for op in changed]
    emptied = [_emptied(new) for old, new in zip(changed, added, strict=True) if old is not new]
    parts = [part for part in (dropped, added, emptied, made) if part]
    return [ops.ModifyTableOps(batch.table_name, part, schema=batch.schema) for part in parts]


def _filled(operation: Any) -> Any:
    if not isinstance(operation, ops.AddColumnOp):
        return operation
    value = _value_for_rows(operation.column)
    if value is None:
        return operation
    column = operation.column
    filled = Column(column.name, column.type, nullable=False, server_default=value)
    filled.comment = column.comment
    return ops.AddColumnOp(operation.table_name, filled, schema=operation.schema)


def _emptied(operation: ops.AddColumnOp) -> ops.AlterColumnOp:
    return ops.AlterColumnOp(
        operation.table_name,
        operation.column.name,
        schema=operation.schema,
        existing_type=operation.column.type,
        existing_nullable=False,
        modify_server_default=None,
    )


def _value_for_rows(column: Column[Any]) -> str | TextClause | None:
    if column.nullable or column.server_default is not None or column.default is None:
        return None
    default: Any = column.default
    if default.is_scalar:
        return _in_sql(column, default.arg)
    # SQLAlchemy wraps `default=dict`; any other function may give each row another value.
    made = _MADE_EMPTY.get(getattr(default.arg, "__name__", "")) if default.is_callable else None
    return None if made is None else _in_sql(column, made)


def _in_sql(column: Column[Any], value: Any) -> str | TextClause | None:
    if isinstance(value, bool):
        return text("true" if value else "false")
    to_database = column.type.bind_processor(_SQLITE)
    stored = value if to_database is None else to_database(value)
    return str(stored) if isinstance(stored, str | int | float) else None
