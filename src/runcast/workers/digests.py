"""Telling the arguments of one durable call from those of another. Pure."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import fields, is_dataclass
from itertools import chain
from typing import Any

from pydantic import BaseModel
from pydantic_core import PydanticSerializationError, to_json


def digest(arguments: Any) -> str:
    """Return 16 hex digits that tell one set of arguments from another.

    What JSON has no word for counts by its type alone, so that an open file or a lock is no change;
    sets and mappings count whatever their order, which differs from process to process.
    """
    return hashlib.sha256(_canonical(arguments).encode()).hexdigest()[:16]


def is_large(arguments: Any, limit: int = 20_000) -> bool:
    """Tell whether a digest of these takes so long that it belongs in a thread.

    Args:
        limit: how many members and characters, roughly, are few.
    """
    return _weight(arguments, limit) >= limit


def _weight(value: Any, limit: int) -> int:
    """Return roughly how much there is to read; what is past the limit is not looked at."""
    if isinstance(value, str | bytes):
        return 1 + len(value)
    total = 1
    for each in _parts(value):
        total += _weight(each, limit - total)
        if total >= limit:
            break
    return total


def _parts(value: Any) -> Iterable[Any]:
    if isinstance(value, BaseModel):
        value = dict(value)
    elif is_dataclass(value) and not isinstance(value, type):
        return [getattr(value, each.name) for each in fields(value)]
    if isinstance(value, Mapping):
        return chain.from_iterable(value.items())
    return value if isinstance(value, list | tuple | AbstractSet) else ()


def _canonical(value: Any) -> str:
    if isinstance(value, BaseModel):
        value = dict(value)
    elif is_dataclass(value) and not isinstance(value, type):
        value = {each.name: getattr(value, each.name) for each in fields(value)}
    if isinstance(value, Mapping):
        members = sorted(f"{_canonical(key)}:{_canonical(each)}" for key, each in value.items())
        return f"{{{','.join(members)}}}"
    if isinstance(value, AbstractSet):
        return f"{{{','.join(sorted(map(_canonical, value)))}}}"
    if isinstance(value, list | tuple):
        return f"[{','.join(map(_canonical, value))}]"
    return _leaf(value)


def _leaf(value: Any) -> str:
    if value is None or isinstance(value, str | bytes | int | float):
        return ascii(value)
    kind = f"<{type(value).__qualname__}>"
    if isinstance(value, Iterator):
        # To look at what it yields would take it away from the step.
        return kind
    try:
        return to_json(value, fallback=lambda _: kind).decode()
    except (PydanticSerializationError, ValueError):
        return kind
