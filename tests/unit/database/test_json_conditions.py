"""Each database finds exactly the documents in which Python finds the value."""

from collections.abc import Iterator
from typing import Any

import orjson
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from sqlalchemy import JSON, Column, ColumnElement, MetaData, Table, insert, select
from sqlalchemy.ext.asyncio import AsyncEngine

from runcast.database import open_database
from runcast.database.json_conditions import equals_at
from runcast.settings import Settings
from tests.tools.databases import LoopThread

KEYS = st.sampled_from(
    ["", "a", "b", "0", "1", "-1", "01", 'q"k', "x.y", "$[0]", "é", "😀", "\\", "\x01"]
)
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-2, 2)
    | st.sampled_from([0.0, 1.0, 0.5, 2**53 - 1, -(2**53 - 1), 1e300])
    | st.sampled_from(["", "0", "1", "true", "null", "é", "😀", "[]", "{}", '"', "\x01", "A", "a"])
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=8,
)
DOCUMENTS = st.dictionaries(KEYS, VALUES, max_size=4)
documents = Table("documents", MetaData(), Column("document", JSON))


class Kept:
    """A table of one document, on one kind of database."""

    def __init__(self, engine: AsyncEngine, loop: LoopThread) -> None:
        self._engine = engine
        self._loop = loop

    def found(self, document: Any, tokens: list[str], value: Any) -> bool:
        """Tell whether the condition finds this document."""
        return self._loop.run(self._found(document, equals_at(documents.c.document, tokens, value)))

    async def _found(self, document: Any, condition: ColumnElement[bool]) -> bool:
        async with self._engine.connect() as connection:
            await connection.execute(insert(documents).values(document=document))
            found = await connection.execute(select(documents).where(condition))
            return found.first() is not None


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def kept(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Kept]:
    """Yield a database with an empty table of documents."""
    url = f"sqlite:///{tmp_path_factory.mktemp('json') / 'runcast.db'}"
    if request.param == "postgres":
        url = request.getfixturevalue("postgres").new()
    loop = LoopThread()
    engine = open_database(Settings(database_url=url)).engine
    loop.run(_create(engine))
    yield Kept(engine, loop)
    loop.run(engine.dispose())
    loop.stop()


async def _create(engine: AsyncEngine) -> None:
    async with engine.begin() as connection:
        await connection.run_sync(documents.metadata.create_all)


def places(node: Any, tokens: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Yield every place in a document, by its tokens, with what stands there."""
    yield tokens, node
    members: Any = ()
    if isinstance(node, dict):
        members = node.items()
    elif isinstance(node, list):
        members = enumerate(node)
    for key, member in members:
        yield from places(member, (*tokens, str(key)))


def same(one: Any, other: Any) -> bool:
    """Tell whether two values are equal as JSON is."""
    return canonical(one) == canonical(other)


def canonical(node: Any) -> bytes:
    """Return JSON in which 1.0 reads as 1."""
    return orjson.dumps(_integral(node), option=orjson.OPT_SORT_KEYS)


def _integral(node: Any) -> Any:
    if isinstance(node, dict):
        return {key: _integral(member) for key, member in node.items()}
    if isinstance(node, list):
        return [_integral(member) for member in node]
    return int(node) if isinstance(node, float) and node.is_integer() and node < 2**60 else node


@given(DOCUMENTS, st.data())
def test_every_place_of_a_document_is_found_by_its_value(
    kept: Kept, document: dict[str, Any], data: st.DataObject
) -> None:
    tokens, value = data.draw(st.sampled_from(list(places(document))))
    assert kept.found(document, list(tokens), value)


@given(DOCUMENTS, st.lists(KEYS, max_size=3), VALUES | DOCUMENTS)
@example({"a": 1}, ["a"], True)
@example({"a": True}, ["a"], 1)
@example({"a": "1"}, ["a"], 1)
@example({"a": None}, ["b"], None)
@example({"a": [1, 2]}, ["a"], [2, 1])
@example({"a": [1]}, ["a", "-1"], 1)
@example({"a": [1]}, ["a", "00"], 1)
@example({"a": {"b": 1, "c": 2}}, ["a"], {"b": 1})
@example({"a": {"b": 1}}, ["a"], {"b": 1, "c": 2})
@example({"a": "b"}, ["a", "b"], "b")
@example({}, [], {})
def test_nothing_is_found_that_python_does_not_find(
    kept: Kept, document: dict[str, Any], tokens: list[str], value: Any
) -> None:
    here = [found for place, found in places(document) if place == tuple(tokens)]
    expected = bool(here) and same(here[0], value)
    assert kept.found(document, tokens, value) is expected


def test_the_deepest_pointer_is_one_condition(kept: Kept) -> None:
    document: Any = 7
    for _ in range(64):
        document = {"a": document}
    assert kept.found(document, ["a"] * 64, 7)
