"""Pages that are read from their place in one index, whatever the planner believes.

Asked by plain equalities for the newest rows, PostgreSQL may walk the primary key back from its end,
hoping to meet some soon, and passes ten million others where they are all old. Bounds on the whole key
of an index are met by that index alone.
"""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, case, tuple_
from sqlalchemy.orm import InstrumentedAttribute

AFTER_ALL = UUID(int=2**128 - 1)
Column = InstrumentedAttribute[Any]
Rows = Select[*tuple[Any, ...]]


def newest_first(
    statement: Rows, within: Mapping[Column, Any], by: Column, before: UUID | None
) -> Rows:
    """Return the statement with the rows that have these values, the highest ids first.

    Args:
        statement: what to read, without an order.
        within: the first columns of an index, in its order, each with the value that it is to have.
        by: the index's last column, an id.
        before: where the page before ended; None for the first.
    """
    columns, values = list(within), list(within.values())
    return statement.where(
        tuple_(*columns) >= tuple_(*values),
        tuple_(*columns, by) < tuple_(*values, before or AFTER_ALL),
    ).order_by(*(column.desc() for column in columns), by.desc())


def besides(*conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    """Return the conditions so that no index is looked for that would serve them."""
    return case((and_(*conditions), 1), else_=0) == 1
