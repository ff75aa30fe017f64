"""Telling arguments apart, pure."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from runcast.workers.digests import digest, is_large


class Model(BaseModel):
    """An argument."""

    names: set[str]


@dataclass
class Record:
    """An argument."""

    names: set[str] = field(default_factory=set)


SAME: list[tuple[Any, Any]] = [
    ([1, "a"], [1, "a"]),
    ((1, 2), [1, 2]),
    ({"a": 1, "b": 2}, {"b": 2, "a": 1}),
    (set("abcdef"), set("fedcba")),
    (Model(names=set("abcdef")), Model(names=set("fedcba"))),
    (Record(set("abcdef")), Record(set("fedcba"))),
    (object(), object()),
    (lambda: 1, lambda: 2),
    (Path("a"), Path("a")),
    (datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 1, 1, tzinfo=UTC)),
]
OTHER: list[tuple[Any, Any]] = [
    ([1], [2]),
    (["a"], ["b"]),
    ([1], ["1"]),
    ([True], [1]),
    ([None], [""]),
    (b"\xff", b"\xfe"),
    ("\udcff", "\udcfe"),
    (float("nan"), 0.0),
    ({"a": 1}, {"a": 2}),
    ({"a"}, {"b"}),
    (Path("a"), Path("b")),
    (Model(names={"a"}), Model(names={"b"})),
    (Record({"a"}), Record({"b"})),
    (object(), 3),
    ([["a"], "b"], [["a", "b"]]),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_the_same_arguments_have_one_digest(one: Any, other: Any) -> None:
    assert digest((one,)) == digest((other,))


@pytest.mark.parametrize(("one", "other"), OTHER)
def test_other_arguments_have_another_digest(one: Any, other: Any) -> None:
    assert digest((one,)) != digest((other,))


def test_a_digest_takes_nothing_from_an_iterator() -> None:
    numbers = iter([1, 2, 3])
    squares = (n * n for n in [1, 2])
    digest((numbers, squares))
    assert (list(numbers), list(squares)) == ([1, 2, 3], [1, 4])


def test_digests_do_not_change_between_releases() -> None:
    assert digest((1, "a", [0.5, None], {"b": {"x"}})) == "f74bedae2ce269a7"


FEW: list[Any] = [
    (1, "a", {"b": [2]}),
    ["x" * 10_000],
    list(range(5_000)),
    object(),
    count(),
    Model(names={"a"}),
]
MANY: list[Any] = [
    ["x" * 30_000],
    [[n] for n in range(15_000)],
    {"a": list(range(30_000))},
    {n: n for n in range(15_000)},
    Record({str(n) for n in range(15_000)}),
    Model(names={str(n) for n in range(15_000)}),
]


@pytest.mark.parametrize("arguments", FEW)
def test_few_arguments_are_not_large(arguments: Any) -> None:
    assert not is_large(arguments)


@pytest.mark.parametrize("arguments", MANY)
def test_what_takes_long_to_read_is_large(arguments: Any) -> None:
    assert is_large((1, arguments))


def test_what_is_large_is_not_read_to_its_end() -> None:
    class Counted(list[int]):
        read = 0

        def __iter__(self) -> Any:
            for each in range(10**9):
                Counted.read += 1
                yield each

    assert is_large([Counted()], limit=100)
    assert Counted.read < 200
