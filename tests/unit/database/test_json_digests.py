"""Digests by themselves: equal for equal values, different for all others."""

import json
from collections import OrderedDict
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import JSON, Integer, Text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Dialect
from sqlalchemy.ext.mutable import MutableDict
from sqlalchemy.types import TypeEngine

from runcast.database.json_digests import digest, is_json
from runcast.models import Document
from tests.tools.documents import RecipeType


def _dialect() -> Dialect:
    return sqlite.dialect()


def _tagged() -> Dialect:
    return sqlite.dialect(json_serializer=lambda value: json.dumps(value, default=repr))


def of(value: Any, dialect: Callable[[], Dialect] = _dialect) -> bytes | None:
    """Return the digest of a value of a plain JSON column."""
    return digest(value, JSON(), dialect)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (1, True),
        (1, 1.0),
        (0.0, -0.0),
        (None, float("nan")),
        (None, "null"),
        ("1", 1),
        ({"a": 1, "b": 2}, {"b": 2, "a": 1}),
        ([[1], 2], [[1, 2]]),
        ({}, []),
        ("", "\0"),
        (2**63, 2**64),
    ],
)
def test_what_differs_has_another_digest(one: Any, other: Any) -> None:
    assert of([one]) != of([other])
    assert of({"x": one}) != of({"x": other})
    assert of(MutableDict(x=one)) != of(MutableDict(x=other))


def test_what_is_equal_has_the_same_digest_whoever_holds_its_parts() -> None:
    part = "shared " + str(1)
    held = {"a": part, "b": part, "c": [1.5, None, True, 2**70]}
    assert of(held) == of(json.loads(json.dumps(held)))


def test_a_container_of_another_class_has_the_digest_of_a_plain_one() -> None:
    plain = {"a": {"b": [1]}}
    assert of(MutableDict(a=OrderedDict(b=[1]))) == of(plain)


def test_other_objects_are_known_by_what_is_written() -> None:
    day = date(2026, 1, 1)
    assert of({"d": day, "n": Decimal(1)}, _tagged) == of({"d": day, "n": Decimal(1)}, _tagged)
    assert of({"d": day}, _tagged) != of({"d": day.replace(day=2)}, _tagged)


def test_what_cannot_be_written_has_no_digest() -> None:
    circle = MutableDict[str, Any]()
    circle["self"] = circle
    assert of(circle) is None
    assert of([object()]) is None


@pytest.mark.parametrize(
    ("column_type", "expected"),
    [
        (JSON(), True),
        (sqlite.JSON(), True),
        (postgresql.JSONB(), True),
        (JSON().with_variant(postgresql.JSONB(), "postgresql"), True),
        (Document(), True),
        (RecipeType(), True),
        (Text(), False),
        (Integer(), False),
    ],
)
def test_json_is_recognised_through_decorators(
    column_type: TypeEngine[Any], expected: bool
) -> None:
    assert is_json(column_type) is expected
