"""Pages that are read from their place in one index, whatever the planner believes.

Asked by plain equalities for the newest rows, PostgreSQL may walk the primary key back from its end,
hoping to meet some soon, and passes ten million others where they are all old. Bounds on the whole key
of an index are met by that index alone.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, case, tuple_
from sqlalchemy.orm import InstrumentedAttribute

AFTER_ALL = UUID(int=2**128 - 1)
Column = InstrumentedAttribute[Any]
Rows = Select[*tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Span:
    """A part of a list by its ids, without the two at its ends; None for no end."""

    after: UUID | None = None
    before: UUID | None = None


def in_order(
    statement: Rows,
    within: Mapping[Column, Any],
    by: Column,
    span: Span,
    *,
    oldest_first: bool = False,
) -> Rows:
    """Return the statement with the rows that have these values, in the order of their ids.

    Args:
        statement: what to read, without an order.
        within: the first columns of an index, in its order, each with the value that it is to have.
        by: the index's last column, an id.
        span: where to look.
        oldest_first: the lowest ids first, not the highest.
    """
    columns, values = list(within), list(within.values())
    begin = (
        tuple_(*columns) >= tuple_(*values)
        if span.after is None
        else tuple_(*columns, by) > tuple_(*values, span.after)
    )
    end = tuple_(*columns, by) < tuple_(*values, span.before or AFTER_ALL)
    order = (*columns, by)
    return statement.where(begin, end).order_by(
        *(order if oldest_first else (column.desc() for column in order))
    )


def besides(*conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    """Return the conditions so that no index is looked for that would serve them."""
    return case((and_(*conditions), 1), else_=0) == 1
