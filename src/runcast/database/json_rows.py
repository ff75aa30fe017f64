"""The JSON columns of a mapped row: which they are, what they held, which of them were changed."""

from collections.abc import Collection, Iterator
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import Column
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import InstanceState, Mapper
from sqlalchemy.orm.attributes import flag_modified
from sqlalchemy.types import TypeEngine

from runcast.database.json_digests import digest, is_json

Row = InstanceState[Any]
Digests = dict[str, bytes | None]

# The key in a row's `info`. The digests go with the object when it is detached, so that what is
# changed before it is added again is seen.
_SAVED = "runcast.json"

_columns: WeakKeyDictionary[Mapper[Any], dict[str, TypeEngine[Any]]] = WeakKeyDictionary()


def find_columns(mapper: Mapper[Any]) -> bool:
    """Note the JSON columns of a mapped class, and tell whether there are any."""
    columns = {
        attribute.key: attribute.columns[0].type
        for attribute in mapper.column_attrs
        if isinstance(attribute.columns[0], Column) and is_json(attribute.columns[0].type)
    }
    if columns:
        _columns[mapper] = columns
    return bool(columns)


def has_loaded(row: Row) -> bool:
    """Tell whether the row has a JSON column whose value is in memory."""
    return not row.dict.keys().isdisjoint(_columns.get(row.mapper, ()))


def remember(row: Row, keys: Collection[str] | None = None) -> None:
    """Take the values, of the attributes given or all, for what the database holds."""
    _saved(row).update(_digests(row, keys))


def forget(row: Row, keys: Collection[str] | None = None) -> None:
    """Drop what is remembered of the attributes given, or all."""
    saved = _saved(row)
    for key in tuple(saved) if keys is None else keys:
        saved.pop(key, None)


def flag_changes(row: Row, *, in_doubt: bool = True) -> None:
    """Call `flag_modified` on what was changed since it was remembered, and remember it as it is now.

    Args:
        row: the row.
        in_doubt: whether a value without a digest, of which nobody can tell, counts as changed.
    """
    saved = _saved(row)
    for key, now in _digests(row):
        if (in_doubt and now is None) or now != saved.get(key):
            saved[key] = now
            flag_modified(row.object, key)


def _saved(row: Row) -> Digests:
    saved: Digests = row.info.setdefault(_SAVED, {})
    return saved


def _digests(row: Row, keys: Collection[str] | None = None) -> Iterator[tuple[str, bytes | None]]:
    def dialect() -> Dialect:
        assert row.session is not None
        return row.session.get_bind(row.mapper).dialect

    values = row.dict
    for key, column_type in _columns[row.mapper].items():
        if key in values and (keys is None or key in keys):
            yield key, digest(values[key], column_type, dialect)
