"""A table's changes are split, and a column that may not be NULL brings a value for old rows."""

from typing import Any

import pytest
from alembic.operations import ops
from sqlalchemy import JSON, Boolean, Column, Index, Integer, MetaData, Table, Text

from runcast.database.autogenerate_batches import split_batches


def split(*operations: ops.MigrateOperation) -> list[list[Any]]:
    parts = split_batches(None, None, ops.ModifyTableOps("items", list(operations)))
    return [part.ops for part in parts]


def added(column: Column[Any]) -> ops.AddColumnOp:
    return ops.AddColumnOp("items", column)


def test_indexes_are_dropped_before_and_made_after_the_rest() -> None:
    table = Table("items", MetaData(), Column("id", Integer))
    drop = ops.DropIndexOp.from_index(Index("ix_old", table.c.id))
    create = ops.CreateIndexOp.from_index(Index("ix_new", table.c.id))
    add = added(Column("a", Text))
    assert split(create, add, drop) == [[drop], [add], [create]]


@pytest.mark.parametrize(
    ("column", "value"),
    [
        (Column("a", Integer, nullable=False, default=3), "3"),
        (Column("a", Text, nullable=False, default="it's"), "it's"),
        (Column("a", Boolean, nullable=False, default=False), "false"),
        (Column("a", JSON, nullable=False, default=list), "[]"),
        (Column("a", JSON, nullable=False, default={"b": 1}), '{"b": 1}'),
    ],
)
def test_a_default_fills_old_rows_and_is_taken_away_again(column: Column[Any], value: str) -> None:
    (filled,), (emptied,) = split(added(column))
    assert str(filled.column.server_default.arg) == value
    assert emptied.modify_server_default is None
    assert column.server_default is None


@pytest.mark.parametrize(
    "column",
    [
        Column("a", Integer, default=3),
        Column("a", Integer, nullable=False),
        Column("a", Integer, nullable=False, default=3, server_default="4"),
        Column("a", Integer, nullable=False, default=lambda: 3),
    ],
)
def test_a_column_without_one_value_for_all_rows_is_left_alone(column: Column[Any]) -> None:
    operation = added(column)
    assert split(operation) == [[operation]]
