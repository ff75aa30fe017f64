"""What a JSON value looked like: two digests differ whenever the values do.

A digest is compared with another of the same process only. It keeps the members' order and tells 1,
1.0 and True apart, which `==` does not. For each KiB of JSON it costs about three microseconds and
one KiB of memory: it is kept whole, not hashed, so that no collision hides a change.
"""

import marshal
from collections.abc import Callable
from typing import Any

from sqlalchemy import JSON, TypeDecorator
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeEngine

# Version 2 is the last one without references between equal objects: from version 3 on the same value
# gives other bytes depending on who else holds its strings.
_MARSHAL_VERSION = 2


def is_json(column_type: TypeEngine[Any]) -> bool:
    """Tell whether a column of this type holds JSON, through any number of type decorators."""
    while isinstance(column_type, TypeDecorator):
        column_type = column_type.impl_instance
    return isinstance(column_type, JSON)


def digest(
    value: Any, column_type: TypeEngine[Any], dialect: Callable[[], Dialect]
) -> bytes | None:
    """Return the value's digest, or None where there is none and the value counts as changed.

    Plain dicts, lists and scalars are marshalled. A value with other objects in it is known by the
    text that its column's type would send to the database; what cannot be sent has no digest.
    """
    try:
        return _marshalled(value)
    except (ValueError, RecursionError):
        return _written(value, column_type, dialect())


def _marshalled(value: Any) -> bytes:
    """Marshal a value that is plain, or is plain but for the classes of its containers.

    A MutableDict must give the digest of the dict that it is made from, because whether a row is seen
    before or after SQLAlchemy wraps it depends on the order of event listeners.
    """
    try:
        return marshal.dumps(value, _MARSHAL_VERSION)
    except ValueError:
        return marshal.dumps(_plain(value), _MARSHAL_VERSION)


def _plain(node: Any) -> Any:
    if isinstance(node, dict):
        return {key: _plain(member) for key, member in node.items()}
    if isinstance(node, list | tuple):
        return [_plain(member) for member in node]
    return node


def _written(value: Any, column_type: TypeEngine[Any], dialect: Dialect) -> bytes | None:
    try:
        process = column_type.dialect_impl(dialect).bind_processor(dialect)
        text = process(value) if process else value
        return text.encode("utf-8", "surrogatepass") if isinstance(text, str) else None
    except Exception:  # noqa: BLE001 - the flush sends the same value, and raises
        return None
