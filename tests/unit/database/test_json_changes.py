"""Law 4, trap by trap, on a user's own model with plain JSON."""

import copy
import gc
import pickle
import weakref
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from sqlalchemy import event, func, null, select, update
from sqlalchemy.exc import StatementError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import make_transient_to_detached
from sqlalchemy.orm.attributes import flag_modified

from runcast.database import Database
from runcast.database.json_changes import JsonTrackingSession
from tests.tools.documents import Counted, Note, Plain, own_database, stored, updates_of

FIRST: dict[str, Any] = {"a": {"b": 1, "list": [3, 1, 2]}, "c": 1}


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """Yield a database that holds one note."""
    async with own_database(database_url) as database:
        async with database.session() as session:
            session.add(Note(id=1, name="one", doc=copy.deepcopy(FIRST), later={"l": [1]}))
            await session.commit()
        yield database


@pytest.fixture(params=[False, True], ids=["kept_on_commit", "expired_on_commit"])
async def session(
    request: pytest.FixtureRequest, database: Database
) -> AsyncIterator[AsyncSession]:
    """Yield a session, of both kinds."""
    async with database.sessions(expire_on_commit=request.param) as session:
        yield session


def kept(session: AsyncSession) -> int:
    """Return how many rows the session holds on to."""
    assert isinstance(session.sync_session, JsonTrackingSession)
    return len(session.sync_session.kept_rows)


def _reassign_shallow(note: Note) -> None:
    doc = dict(note.doc)
    doc["a"]["b"] = 2
    note.doc = doc


CHANGES: dict[str, Callable[[Note], object]] = {
    "set": lambda n: n.doc.__setitem__("c", 2),
    "set_deep": lambda n: n.doc["a"].__setitem__("b", 2),
    "del": lambda n: n.doc.__delitem__("c"),
    "update": lambda n: n.doc.update(c=2),
    "setdefault": lambda n: n.doc.setdefault("new", []),
    "popitem": lambda n: n.doc.popitem(),
    "ior": lambda n: n.doc.__ior__({"c": 2}),
    "clear": lambda n: n.doc.clear(),
    "append": lambda n: n.doc["a"]["list"].append(4),
    "list_clear": lambda n: n.doc["a"]["list"].clear(),
    "reverse": lambda n: n.doc["a"]["list"].reverse(),
    "sort": lambda n: n.doc["a"]["list"].sort(),
    "imul": lambda n: n.doc["a"]["list"].__imul__(2),
    "slice": lambda n: n.doc["a"]["list"].__setitem__(slice(1, None), []),
    "order": lambda n: n.doc.__setitem__("a", n.doc.pop("a")),
    "one_to_true": lambda n: n.doc.__setitem__("c", True),
    "one_to_float": lambda n: setattr(n, "doc", {**n.doc, "c": 1.0}),
    "reassign_shallow": _reassign_shallow,
    "to_none": lambda n: setattr(n, "doc", None),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
async def test_a_change_in_place_is_saved_by_a_commit_alone(
    session: AsyncSession, database: Database, change: Callable[[Note], object]
) -> None:
    note = await session.get_one(Note, 1)
    change(note)
    expected = repr(note.doc)
    await session.commit()
    assert repr(await stored(database, Note.doc)) == expected != repr(FIRST)


async def test_a_row_that_nobody_holds_is_saved(session: AsyncSession, database: Database) -> None:
    (await session.get_one(Note, 1)).doc["c"] = 2
    gc.collect()
    await session.commit()
    assert (await stored(database, Note.doc))["c"] == 2


async def test_a_flush_and_an_autoflush_save(session: AsyncSession, database: Database) -> None:
    note = await session.get_one(Note, 1)
    count = select(func.count()).where(Note.doc["c"].as_integer() == 2)
    note.doc["c"] = 2
    assert await session.scalar(count) == 1
    note.doc["c"] = 3
    assert await session.scalar(count) == 0
    note.doc["c"] = 2
    with session.no_autoflush:
        assert await session.scalar(count) == 0
        await session.flush()
        assert await session.scalar(count) == 1


async def test_a_change_between_two_transactions_is_saved(database: Database) -> None:
    async with database.session() as session:
        note = await session.get_one(Note, 1)
        await session.commit()
        note.doc["c"] = 2
        await session.commit()
    assert (await stored(database, Note.doc))["c"] == 2


async def test_a_new_row_changed_after_its_flush_is_saved(
    session: AsyncSession, database: Database
) -> None:
    await session.delete(await session.get_one(Note, 1))
    await session.flush()
    session.add(Note(id=2, doc={"list": []}))
    await session.flush()
    gc.collect()
    note = await session.get_one(Note, 2)
    note.doc["list"].append(1)
    note.later["by default"] = 1
    await session.commit()
    assert await stored(database, Note.doc) == {"list": [1]}
    assert await stored(database, Note.later) == {"by default": 1}


async def test_a_new_row_is_written_once(session: AsyncSession, database: Database) -> None:
    updates = updates_of(database)
    session.add(Note(id=2, doc={"list": []}))
    await session.flush()
    await session.commit()
    assert updates == []


async def test_nothing_changed_writes_nothing(session: AsyncSession, database: Database) -> None:
    updates = updates_of(database)
    note = await session.get_one(Note, 1)
    note.doc["a"]["list"].append(4)
    note.doc["a"]["list"].pop()
    note.doc = copy.deepcopy(note.doc)
    await session.commit()
    await session.refresh(note, ["doc", "later"])
    await session.commit()
    assert updates == []


async def test_flag_modified_goes_on_working(session: AsyncSession, database: Database) -> None:
    updates = updates_of(database)
    note = await session.get_one(Note, 1)
    flag_modified(note, "doc")
    await session.commit()
    note = await session.get_one(Note, 1)
    await session.refresh(note)
    note.doc["c"] = 2
    flag_modified(note, "doc")
    await session.commit()
    assert len(updates) == 2
    assert (await stored(database, Note.doc))["c"] == 2


async def test_a_deferred_column_is_tracked_once_it_is_loaded(
    session: AsyncSession, database: Database
) -> None:
    note = await session.get_one(Note, 1)
    await session.refresh(note, ["later"])
    note.later["l"].append(2)
    await session.commit()
    assert await stored(database, Note.later) == {"l": [1, 2]}


async def test_what_is_expired_is_dropped_and_what_comes_after_is_saved(
    session: AsyncSession, database: Database
) -> None:
    note = await session.get_one(Note, 1)
    note.doc["dropped"] = True
    session.expire(note, ["name"])
    assert kept(session) == 1
    session.expire(note)
    assert kept(session) == 0
    await session.refresh(note)
    note.doc["c"] = 2
    await session.commit()
    assert await stored(database, Note.doc) == {**FIRST, "c": 2}


async def test_a_refresh_of_another_column_keeps_the_change(
    session: AsyncSession, database: Database
) -> None:
    note = await session.get_one(Note, 1)
    with session.no_autoflush:
        note.doc["c"] = 2
        await session.refresh(note, ["name"])
    await session.commit()
    assert (await stored(database, Note.doc))["c"] == 2


async def test_a_value_set_while_expired_is_saved_and_tracked(
    session: AsyncSession, database: Database
) -> None:
    note = await session.get_one(Note, 1)
    session.expire(note)
    note.doc = {"list": []}
    await session.flush()
    note.doc["list"].append(1)
    await session.commit()
    assert await stored(database, Note.doc) == {"list": [1]}


async def test_a_rollback_undoes_and_the_next_change_is_saved(
    session: AsyncSession, database: Database
) -> None:
    note = await session.get_one(Note, 1)
    note.doc["dropped"] = 1
    await session.flush()
    note.doc["dropped"] = 2
    await session.rollback()
    await session.refresh(note)
    assert note.doc == FIRST
    note.doc["c"] = 2
    await session.commit()
    assert await stored(database, Note.doc) == {**FIRST, "c": 2}


async def test_a_rollback_outside_a_transaction_undoes(database: Database) -> None:
    async with database.session() as session:
        note = await session.get_one(Note, 1)
        await session.commit()
        note.doc["dropped"] = True
        await session.rollback()
        await session.refresh(note)
        assert note.doc == FIRST


@pytest.mark.parametrize("flushed", [False, True])
async def test_a_savepoint_undoes_what_came_after_it_and_no_more(
    session: AsyncSession, database: Database, flushed: bool
) -> None:
    note = await session.get_one(Note, 1)
    note.doc["before"] = True
    savepoint = await session.begin_nested()
    note.doc["inside"] = True
    if flushed:
        await session.flush()
    await savepoint.rollback()
    await session.refresh(note)
    assert note.doc == {**FIRST, "before": True}
    note.doc["after"] = True
    await session.commit()
    assert await stored(database, Note.doc) == {**FIRST, "before": True, "after": True}


async def test_a_savepoint_rolled_back_expires_a_row_changed_in_place(
    session: AsyncSession,
) -> None:
    note = await session.get_one(Note, 1)
    savepoint = await session.begin_nested()
    note.doc["inside"] = True
    await savepoint.rollback()
    assert "doc" not in note.__dict__


async def test_a_released_savepoint_saves(session: AsyncSession, database: Database) -> None:
    note = await session.get_one(Note, 1)
    async with session.begin_nested():
        note.doc["c"] = 2
    await session.commit()
    assert (await stored(database, Note.doc))["c"] == 2


async def test_a_deleted_row_brought_back_is_tracked(
    session: AsyncSession, database: Database
) -> None:
    note = await session.get_one(Note, 1)
    savepoint = await session.begin_nested()
    await session.delete(note)
    await session.flush()
    await savepoint.rollback()
    await session.refresh(note)
    note.doc["c"] = 2
    await session.commit()
    assert (await stored(database, Note.doc))["c"] == 2


async def test_a_changed_row_that_is_deleted_is_deleted(
    session: AsyncSession, database: Database
) -> None:
    note = await session.get_one(Note, 1)
    note.doc["c"] = 2
    await session.delete(note)
    await session.commit()
    assert await stored(database, Note.id) is None


@pytest.mark.parametrize("pickled", [False, True])
async def test_a_change_made_while_detached_is_saved(
    session: AsyncSession, database: Database, pickled: bool
) -> None:
    updates = updates_of(database)
    note = await session.get_one(Note, 1)
    session.expunge(note)
    note = pickle.loads(pickle.dumps(note)) if pickled else note
    session.add(note)
    await session.flush()
    assert updates == []
    session.expunge(note)
    note.doc["c"] = 2
    session.add(note)
    await session.commit()
    assert (await stored(database, Note.doc))["c"] == 2


async def test_a_merged_object_is_saved_and_tracked(
    session: AsyncSession, database: Database
) -> None:
    async with database.session() as other:
        detached = await other.get_one(Note, 1)
    detached.doc["c"] = True
    merged = await session.merge(detached)
    await session.flush()
    merged.doc["a"]["b"] = 2
    await session.commit()
    saved = await stored(database, Note.doc)
    assert saved["c"] is True
    assert saved["a"]["b"] == 2


async def test_an_object_merged_without_loading_is_tracked(
    session: AsyncSession, database: Database
) -> None:
    updates = updates_of(database)
    async with database.session() as other:
        detached = await other.get_one(Note, 1)
    merged = await session.merge(detached, load=False)
    await session.flush()
    assert updates == []
    merged.doc["c"] = 2
    await session.commit()
    assert (await stored(database, Note.doc))["c"] == 2


async def test_an_object_known_by_its_key_alone_is_tracked(
    session: AsyncSession, database: Database
) -> None:
    note = Note(id=1)
    make_transient_to_detached(note)
    session.add(note)
    assert kept(session) == 0
    await session.refresh(note)
    note.doc["c"] = 2
    await session.commit()
    assert (await stored(database, Note.doc))["c"] == 2


async def test_an_update_statement_moves_the_baseline(
    session: AsyncSession, database: Database
) -> None:
    updates = updates_of(database)
    note = await session.get_one(Note, 1)
    await session.execute(update(Note).where(Note.id == 1).values(doc={"list": []}))
    await session.flush()
    assert len(updates) == 1
    await session.refresh(note)
    note.doc["list"].append(1)
    await session.execute(update(Note).where(Note.id == 1).values(name="two"))
    await session.commit()
    assert await stored(database, Note.doc) == {"list": [1]}


async def test_populate_existing_flushes_first(session: AsyncSession) -> None:
    note = await session.get_one(Note, 1)
    note.doc["c"] = 2
    await session.scalars(select(Note).execution_options(populate_existing=True))
    assert note.doc["c"] == 2


async def test_sql_null_and_a_sql_expression_can_be_assigned(
    session: AsyncSession, database: Database
) -> None:
    note = await session.get_one(Note, 1)
    note.doc = func.json('{"from": ["sql"]}')
    await session.flush()
    await session.refresh(note)
    note.doc["from"].append("python")
    note.later = null()
    await session.commit()
    assert await stored(database, Note.doc) == {"from": ["sql", "python"]}
    assert await stored(database, Note.later) is None


def _circular() -> list[Any]:
    circle: list[Any] = []
    circle.append(circle)
    return circle


UNFIT: dict[str, Callable[[], Any]] = {
    "nan": lambda: float("nan"),
    "nul": lambda: "\0",
    "surrogate": lambda: "\ud800",
    "circular": _circular,
    "set": lambda: {1},
    "bytes": lambda: b"x",
    "object": object,
    "long_integer": lambda: 2**60,
    "integer_key": lambda: {1: 1},
}


@pytest.mark.parametrize("unfit", UNFIT.values(), ids=UNFIT.keys())
async def test_what_is_no_json_fails_the_commit(
    session: AsyncSession, database: Database, unfit: Callable[[], Any]
) -> None:
    note = await session.get_one(Note, 1)
    note.doc["a"]["list"].append(unfit())
    with pytest.raises(StatementError):
        await session.commit()
    await session.rollback()
    assert await stored(database, Note.doc) == FIRST


async def test_a_null_turned_into_nan_fails_the_commit(session: AsyncSession) -> None:
    note = await session.get_one(Note, 1)
    note.doc = {"x": None}
    await session.flush()
    note.doc["x"] = float("nan")
    with pytest.raises(StatementError):
        await session.commit()


async def test_what_a_listener_changes_after_the_statement_is_saved(database: Database) -> None:
    def stamp(_mapper: Any, _connection: Any, note: Note) -> None:
        note.doc["stamp"] = note.name

    event.listen(Note, "after_update", stamp)
    try:
        async with database.session() as session:
            (await session.get_one(Note, 1)).name = "two"
            await session.commit()
    finally:
        event.remove(Note, "after_update", stamp)
    assert (await stored(database, Note.doc))["stamp"] == "two"


async def test_a_listener_that_counts_in_place_is_called_once_for_each_flush(
    database: Database,
) -> None:
    async with database.session() as session:
        session.add(Counted(id=1, name="one", doc={"saves": 0}))
        await session.commit()
        (await session.get_one(Counted, 1)).name = "two"
        await session.commit()
    assert await stored(database, Counted.doc) == {"saves": 2}


async def test_what_a_listener_adds_before_the_flush_is_tracked(database: Database) -> None:
    async with database.session() as session:

        def add(*_: Any) -> None:
            session.sync_session.info.setdefault("added", Note(id=2, name="two", doc={"l": []}))
            session.add(session.sync_session.info["added"])

        event.listen(session.sync_session, "before_flush", add)
        (await session.get_one(Note, 1)).doc["c"] = 2
        await session.flush()
        session.sync_session.info["added"].doc["l"].append(1)
        await session.commit()
    async with database.session() as session:
        assert (await session.get_one(Note, 2)).doc == {"l": [1]}


async def test_rows_are_let_go_with_what_they_belong_to(
    session: AsyncSession, database: Database
) -> None:
    gone = []
    for leave in (session.expunge, session.expire, lambda _: session.expunge_all()):
        note = await session.get_one(Note, 1)
        assert kept(session) == 1
        leave(note)
        assert kept(session) == 0
        gone.append(weakref.ref(note))
        session.expunge_all()
    note = await session.get_one(Note, 1)
    await session.close()
    assert kept(session) == 0
    gone.append(weakref.ref(note))
    del note
    gc.collect()
    assert [ref() for ref in gone] == [None] * 4


async def test_deleted_and_rolled_back_rows_are_let_go(session: AsyncSession) -> None:
    session.add(Note(id=2, doc={}))
    await session.flush()
    assert kept(session) == 1
    await session.rollback()
    assert kept(session) == 0
    await session.delete(await session.get_one(Note, 1))
    await session.commit()
    assert kept(session) == 0


async def test_rows_without_loaded_json_are_not_held(
    session: AsyncSession, database: Database
) -> None:
    session.add(Plain(id=1, name="plain"))
    await session.commit()
    await session.get_one(Plain, 1)
    await session.execute(select(Note.name, Note.doc))
    assert kept(session) == 0
