"""Equality of a value inside a JSON column: by token and type, never by path text.

PostgreSQL has operators for it. SQLite's path syntax has no way to write a key that holds a quotation mark, and compares keys in their
escaped form; `json_each` hands out each key as it reads, and the type beside each value.
"""

import re
from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Select,
    and_,
    case,
    cast,
    exists,
    false,
    func,
    literal,
    not_,
    select,
)
from sqlalchemy.dialects.postgresql import JSONB, array
from sqlalchemy.orm import InstrumentedAttribute

from runcast.database.by_dialect import by_dialect
from runcast.models import Document

JsonColumn = ColumnElement[Any] | InstrumentedAttribute[Any]
_INDEX = re.compile(r"0|[1-9][0-9]{0,17}", re.ASCII)
_CONTAINERS = ("object", "array")
_NUMBERS = ("integer", "real")


def equals_at(document: JsonColumn, tokens: Sequence[str], value: Any) -> ColumnElement[bool]:
    """Return the condition that a document holds this JSON value at these reference tokens.

    Values are equal as JSON is: 1 and 1.0 are, 1 and true are not, an object's members have no order.

    Args:
        document: a column that holds an object or an array.
        tokens: of a JSON Pointer (RFC 6901), unescaped, at most 64 (SQLite joins no more).
        value: plain, strict JSON.
    """
    if not tokens and not isinstance(value, dict | list):
        return false()
    return by_dialect(
        sqlite=_in_sqlite(document, tokens, value),
        postgresql=_in_postgresql(document, tokens, value),
    )


def _in_postgresql(document: JsonColumn, tokens: Sequence[str], value: Any) -> ColumnElement[bool]:
    node: ColumnElement[Any] = cast(document, JSONB)
    for token in tokens:
        # Both take a member of an object by its name. An element of an array is taken by `#>` alone,
        # which would also take "-1" and "01" for numbers.
        step, key = ("#>", array([token])) if _INDEX.fullmatch(token) else ("->", literal(token))
        node = node.op(step, return_type=JSONB())(key)
    # Where there is no such place, the condition is false and not unknown.
    return node.is_not_distinct_from(cast(literal(value, Document()), JSONB))


def _in_sqlite(document: JsonColumn, tokens: Sequence[str], value: Any) -> ColumnElement[bool]:
    if not tokens:
        return _same_tree(document, value)
    found: list[ColumnElement[bool]] = []
    parent: JsonColumn = document
    for depth, token in enumerate(tokens):
        node = func.json_each(parent).table_valued(
            "key", "value", "type", "atom", name=f"at_{depth}", joins_implicitly=True
        )
        found.append(node.c.key.in_(_keys(token)))
        parent = case((node.c.type.in_(_CONTAINERS), node.c.value))
    return exists(select(1).where(*found, _equals(node.c, value)))


def _keys(token: str) -> list[str | int]:
    """Return the key as `json_each` gives it: text in an object, a number in an array."""
    return [token, int(token)] if _INDEX.fullmatch(token) else [token]


def _equals(node: Any, value: Any) -> ColumnElement[bool]:
    if isinstance(value, dict | list):
        kind = "object" if isinstance(value, dict) else "array"
        same: ColumnElement[bool] = and_(node.type == kind, _same_tree(node.value, value))
    elif value is None or isinstance(value, bool):
        same = node.type == {None: "null", True: "true", False: "false"}[value]
    elif isinstance(value, str):
        same = and_(node.type == "text", node.atom == value)
    else:
        same = and_(node.type.in_(_NUMBERS), node.atom == value)
    return same


def _same_tree(document: JsonColumn, value: Any) -> ColumnElement[bool]:
    """Return that neither document has a node which the other has not."""
    ours, theirs = _nodes(document), _nodes(literal(value, Document()))
    return and_(not_(_any(ours.except_(theirs))), not_(_any(theirs.except_(ours))))


def _nodes(document: JsonColumn) -> Select[Any]:
    tree = func.json_tree(document).table_valued("fullkey", "type", "atom")
    kind = case((tree.c.type == "real", "integer"), else_=tree.c.type)
    return select(tree.c.fullkey, kind.label("kind"), tree.c.atom)


def _any(rows: CompoundSelect[Any]) -> ColumnElement[bool]:
    return exists(select(1).select_from(rows.subquery()))
