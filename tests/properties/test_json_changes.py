"""Law 4 under random documents and random changes: a fresh session reads what was in memory.

A scenario is a list of steps on one row, which nobody holds between two steps but the session. Beside
it goes a model: the document in memory, and what a rollback, an expiry or a refresh brings back.
"""

import asyncio
import copy
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession, AsyncSessionTransaction
from sqlalchemy.orm.attributes import flag_modified

from runcast.database import Database, SqliteDatabase
from runcast.models import Base, Item, User
from tests.tools.clock import FakeClock
from tests.tools.documents import Note, OwnBase
from tests.tools.json_changes import DICT_CHANGES, LIST_CHANGES, change_somewhere

NOW = FakeClock().now()


@dataclass
class Scenario:
    """One row in one session, and what it should hold."""

    session: AsyncSession
    model: type[Note] | type[Item]
    attribute: str
    key: Any
    memory: Any
    flushed: Any = None
    committed: Any = None
    savepoints: list[tuple[AsyncSessionTransaction, Any]] = field(default_factory=list)

    async def row(self) -> Any:
        """Return the row, as a user would get it."""
        return await self.session.get_one(self.model, self.key)

    def flush(self) -> None:
        """Note that the database holds what is in memory."""
        self.flushed = copy.deepcopy(self.memory)

    def back_to(self, document: Any) -> None:
        """Note that the database and the memory hold this again."""
        self.memory, self.flushed = copy.deepcopy(document), copy.deepcopy(document)


Step = Callable[[Scenario, int, Any], Awaitable[None]]


def _change(kind: str) -> Step:
    async def step(scenario: Scenario, where: int, value: Any) -> None:
        document = getattr(await scenario.row(), scenario.attribute)
        change_somewhere(document, kind, where, value)
        change_somewhere(scenario.memory, kind, where, value)

    return step


async def _assign(scenario: Scenario, _where: int, value: Any) -> None:
    # In a list: SQLite's JSON column makes a bare 1.0 an integer, whoever writes it.
    setattr(await scenario.row(), scenario.attribute, [copy.deepcopy(value)])
    scenario.memory = [copy.deepcopy(value)]


async def _assign_a_shallow_copy(scenario: Scenario, where: int, value: Any) -> None:
    row = await scenario.row()
    document = copy.copy(getattr(row, scenario.attribute))
    change_somewhere(document, "append", where, value)
    setattr(row, scenario.attribute, document)
    change_somewhere(scenario.memory, "append", where, value)


async def _flag_modified(scenario: Scenario, where: int, value: Any) -> None:
    await _change("add")(scenario, where, value)
    flag_modified(await scenario.row(), scenario.attribute)


async def _name(scenario: Scenario, where: int, _value: Any) -> None:
    (await scenario.row()).name = str(where)


async def _flush(scenario: Scenario, _where: int, _value: Any) -> None:
    await scenario.session.flush()
    scenario.flush()


async def _autoflush(scenario: Scenario, _where: int, _value: Any) -> None:
    await scenario.session.scalar(select(func.count()).select_from(scenario.model))
    scenario.flush()


async def _commit(scenario: Scenario, _where: int, _value: Any) -> None:
    await scenario.session.commit()
    scenario.flush()
    scenario.committed = copy.deepcopy(scenario.memory)
    scenario.savepoints.clear()


async def _roll_back(scenario: Scenario, _where: int, _value: Any) -> None:
    await scenario.session.rollback()
    scenario.back_to(scenario.committed)
    scenario.savepoints.clear()


async def _expire(scenario: Scenario, _where: int, _value: Any) -> None:
    scenario.session.expire(await scenario.row())
    scenario.back_to(scenario.flushed)


async def _refresh(scenario: Scenario, _where: int, _value: Any) -> None:
    await scenario.session.refresh(await scenario.row())
    scenario.back_to(scenario.flushed)


async def _detach_and_add(scenario: Scenario, _where: int, _value: Any) -> None:
    row = await scenario.row()
    scenario.session.expunge(row)
    scenario.session.add(row)


async def _savepoint(scenario: Scenario, _where: int, _value: Any) -> None:
    savepoint = await scenario.session.begin_nested()
    scenario.flush()
    scenario.savepoints.append((savepoint, scenario.flushed))


async def _release(scenario: Scenario, _where: int, _value: Any) -> None:
    if scenario.savepoints:
        await scenario.savepoints.pop()[0].commit()
        scenario.flush()


async def _roll_back_to_savepoint(scenario: Scenario, _where: int, _value: Any) -> None:
    if scenario.savepoints:
        savepoint, document = scenario.savepoints.pop()
        await savepoint.rollback()
        scenario.back_to(document)


CHANGES: dict[str, Step] = {
    **{kind: _change(kind) for kind in (*DICT_CHANGES, *LIST_CHANGES)},
    "assign": _assign,
    "assign_a_shallow_copy": _assign_a_shallow_copy,
    "flag_modified": _flag_modified,
}
TURNS: dict[str, Step] = {
    "name": _name,
    "flush": _flush,
    "autoflush": _autoflush,
    "commit": _commit,
    "roll_back": _roll_back,
    "expire": _expire,
    "refresh": _refresh,
    "detach_and_add": _detach_and_add,
    "savepoint": _savepoint,
    "release": _release,
    "roll_back_to_savepoint": _roll_back_to_savepoint,
}
STEPS = {**CHANGES, **TURNS}

scalars = (
    st.none()
    | st.booleans()
    | st.integers(-(2**53) + 1, 2**53 - 1)
    | st.integers(0, 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=3)
)
documents = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("abc"), inner, max_size=3),
    max_leaves=8,
)
roots = st.fixed_dictionaries({"list": st.lists(documents, max_size=3), "of": documents})
steps = st.lists(
    st.tuples(
        st.sampled_from(sorted(CHANGES)) | st.sampled_from(sorted(TURNS)),
        st.integers(0, 9),
        documents,
    ),
    max_size=30,
)


@pytest.fixture(scope="module")
def loop() -> Iterator[asyncio.Runner]:
    """Yield a loop that serves all scenarios."""
    with asyncio.Runner() as runner:
        yield runner


@pytest.fixture(scope="module")
def database(loop: asyncio.Runner, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """Yield a database with Runcast's tables and a user's own."""
    database = loop.run(_open(SqliteDatabase(tmp_path_factory.mktemp("json") / "runcast.db")))
    yield database
    loop.run(database.stop())


async def _open(database: Database) -> Database:
    async with database.engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
        await connection.run_sync(OwnBase.metadata.create_all)
    return database


async def _new_note(session: AsyncSession, document: Any) -> tuple[type[Note], str, Any]:
    note = Note(doc=document)
    session.add(note)
    await session.flush()
    return Note, "doc", note.id


async def _new_item(session: AsyncSession, document: Any) -> tuple[type[Item], str, Any]:
    key = uuid4()
    session.add(User(id=key, email=str(key), email_key=str(key), name="A", created_at=NOW))
    await session.flush()
    session.add(
        Item(id=key, owner_id=key, name="i", metadata_=document, created_at=NOW, updated_at=NOW)
    )
    await session.flush()
    return Item, "metadata_", key


New = Callable[[AsyncSession, Any], Awaitable[tuple[type[Note] | type[Item], str, Any]]]


async def _play(
    database: Database, new: New, expire_on_commit: bool, root: Any, played: list[Any]
) -> None:
    async with database.sessions(expire_on_commit=expire_on_commit) as session:
        model, attribute, key = await new(session, copy.deepcopy(root))
        scenario = Scenario(session, model, attribute, key, copy.deepcopy(root))
        await _commit(scenario, 0, None)
        for name, where, value in played:
            await STEPS[name](scenario, where, value)
            assert repr(getattr(await scenario.row(), attribute)) == repr(scenario.memory)
        await session.commit()
    async with database.session() as fresh:
        held = getattr(await fresh.get_one(model, key), attribute)
    assert repr(held) == repr(scenario.memory)


@pytest.mark.parametrize("expire_on_commit", [False, True])
@pytest.mark.parametrize("new", [_new_note, _new_item], ids=["a_users_model", "an_item"])
def test_a_fresh_session_reads_what_was_in_memory(
    loop: asyncio.Runner, database: Database, new: New, expire_on_commit: bool
) -> None:
    @settings(max_examples=200, deadline=None)
    @given(root=roots, played=steps)
    def play(root: Any, played: list[Any]) -> None:
        loop.run(_play(database, new, expire_on_commit, root, played))

    play()
