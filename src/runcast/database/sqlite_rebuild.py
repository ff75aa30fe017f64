"""What Alembic does to SQLite tables and their indexes, without its losses.

Alembic changes most things about an SQLite table by copying it to a new one that it reflects from
the old. Reflection does not see the direction of an index's columns, nor indexes over expressions:
those are made again from their own SQL, and compared by it. And a column that is NOT NULL without a default cannot be
added to an SQLite table, not even an empty one, but can be part of a rebuilt one.
"""

from typing import TYPE_CHECKING, Any

from alembic.ddl.sqlite import SQLiteImpl
from sqlalchemy import Column, Index, Table
from sqlalchemy.schema import CreateIndex

if TYPE_CHECKING:
    from alembic.operations.batch import ApplyBatchImpl, BatchOperationsImpl

# Reflection tells all of an index whose keys are ascending columns (cid -2 is an expression).
_POORLY_REFLECTED = """
SELECT name, sql FROM sqlite_master
WHERE type = 'index' AND tbl_name = ? AND sql IS NOT NULL AND EXISTS (
    SELECT 1 FROM pragma_index_xinfo(sqlite_master.name) WHERE key AND ("desc" OR cid = -2)
)
"""

_ALL_INDEXES = "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"


class RebuildingSqliteImpl(SQLiteImpl):
    """What Alembic asks about SQLite. Defining this class makes it Alembic's choice for SQLite."""

    __dialect__ = "sqlite"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._told_in_part: dict[str, str] = {}
        self._not_told: list[str] = []

    def requires_recreate_in_batch(self, batch_op: "BatchOperationsImpl") -> bool:
        """Tell whether a batch of changes needs the table to be rebuilt."""
        return super().requires_recreate_in_batch(batch_op) or any(
            operation == "add_column" and _needs_a_value(args[1])
            for operation, args, _ in batch_op.batch
        )

    def prep_table_for_batch(self, batch_impl: "ApplyBatchImpl", table: Table) -> None:
        """Remember the indexes of the old table that its reflection does not tell in full."""
        assert self.connection is not None
        reflected = {index.name for index in table.indexes}
        rows = self.connection.exec_driver_sql(_POORLY_REFLECTED, (table.name,)).fetchall()
        self._told_in_part = {name: sql for name, sql in rows if name in batch_impl.indexes}
        self._not_told = [sql for name, sql in rows if name not in reflected]

    def rename_table(self, old_table_name: str, new_table_name: Any, schema: Any = None) -> None:
        """Rename a table; a rebuilt one takes over the indexes that nobody would make again."""
        super().rename_table(old_table_name, new_table_name, schema)
        not_told, self._not_told = self._not_told, []
        for sql in not_told:
            self.execute(sql)

    def create_index(self, index: Index, **kw: Any) -> None:
        """Create an index: on a rebuilt table as it was, where reflection has told less."""
        sql = self._told_in_part.pop(str(index.name), None)
        if sql is None:
            super().create_index(index, **kw)
        else:
            self.execute(sql)

    def correct_for_autogen_constraints(
        self,
        conn_unique_constraints: set[Any],
        conn_indexes: set[Index],
        metadata_unique_constraints: set[Any],
        metadata_indexes: set[Index],
    ) -> None:
        """Leave out of the comparison the indexes over expressions that are there as they should be."""
        assert self.connection is not None
        rows = self.connection.exec_driver_sql(_ALL_INDEXES).fetchall()
        there = {name: _normal(sql) for name, sql in rows}
        for index in [index for index in metadata_indexes if _has_expressions(index)]:
            if there.get(str(index.name)) == _normal(
                str(CreateIndex(index).compile(self.connection))
            ):
                metadata_indexes.discard(index)
                conn_indexes -= {other for other in conn_indexes if other.name == index.name}


def _has_expressions(index: Index) -> bool:
    return any(not isinstance(expression, Column) for expression in index.expressions)


def _normal(sql: str) -> str:
    return " ".join(sql.split()).casefold()


def _needs_a_value(column: Column[Any]) -> bool:
    return not column.nullable and column.server_default is None and column.computed is None
