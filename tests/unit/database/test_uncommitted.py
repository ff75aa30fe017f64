"""Changes that nobody committed are seen whichever way they were made."""

from collections.abc import Awaitable, Callable

import pytest
from sqlalchemy import delete, insert, select, text, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from runcast.database import Database
from runcast.database.uncommitted import has_uncommitted_changes
from tests.tools.documents import Note, OwnBase

Change = Callable[[AsyncSession], Awaitable[object]]


@pytest.fixture
async def notes(database: Database) -> Database:
    """Return a database that holds one note."""
    async with database.engine.begin() as connection:
        await connection.run_sync(OwnBase.metadata.create_all)
        await connection.execute(insert(Note).values(id=1, name="a", doc={"in": [1]}))
    return database


async def add(session: AsyncSession) -> None:
    """Add a row, and send nothing yet."""
    session.add(Note(id=2, doc={}))


async def add_and_flush(session: AsyncSession) -> None:
    """Add a row, and send it."""
    session.add(Note(id=2, doc={}))
    await session.flush()


async def change(session: AsyncSession) -> None:
    """Set an attribute."""
    (await session.get_one(Note, 1)).name = "b"


async def change_in_place(session: AsyncSession) -> None:
    """Change a document in place, and keep no hold of its row."""
    (await session.get_one(Note, 1)).doc["in"].append(2)


async def change_and_read(session: AsyncSession) -> None:
    """Have autoflush send the change."""
    (await session.get_one(Note, 1)).name = "b"
    await session.execute(select(Note.name))


async def remove(session: AsyncSession) -> None:
    """Delete a row."""
    await session.delete(await session.get_one(Note, 1))


async def send_update(session: AsyncSession) -> None:
    """Send a statement."""
    await session.execute(update(Note).values(name="b"))


async def send_text(session: AsyncSession) -> None:
    """Send a statement that SQLAlchemy cannot read."""
    await session.execute(text("UPDATE notes SET name = 'b'"))


async def send_delete(session: AsyncSession) -> None:
    """Send a deletion."""
    await session.execute(delete(Note))


CHANGES: list[Change] = [
    add,
    add_and_flush,
    change,
    change_in_place,
    change_and_read,
    remove,
    send_update,
    send_text,
    send_delete,
]


@pytest.mark.parametrize("make", CHANGES, ids=lambda make: make.__name__)
async def test_a_change_is_seen_until_it_is_committed(notes: Database, make: Change) -> None:
    async with notes.session() as session:
        await make(session)
        assert await has_uncommitted_changes(session)
        await session.commit()
        assert not await has_uncommitted_changes(session)


@pytest.mark.parametrize("make", CHANGES, ids=lambda make: make.__name__)
async def test_what_was_rolled_back_is_no_change(notes: Database, make: Change) -> None:
    async with notes.session() as session:
        await make(session)
        await session.rollback()
        assert not await has_uncommitted_changes(session)


async def test_reading_is_no_change(notes: Database) -> None:
    async with notes.session() as session:
        assert not await has_uncommitted_changes(session)
        note = await session.get_one(Note, 1)
        assert note.doc == {"in": [1]}
        assert not await has_uncommitted_changes(session)


async def test_a_refused_commit_leaves_no_change(notes: Database) -> None:
    async with notes.session() as session:
        session.add(Note(id=1, doc={}))
        with pytest.raises(IntegrityError):
            await session.commit()
        assert not await has_uncommitted_changes(session)
    async with notes.session() as session:
        session.add(Note(id=1, doc={}))
        with pytest.raises(IntegrityError):
            await session.flush()
        assert not await has_uncommitted_changes(session)


async def test_a_look_takes_no_lock_that_it_keeps(notes: Database) -> None:
    async with notes.session() as session:
        await session.get_one(Note, 1)
        await has_uncommitted_changes(session)
        assert not notes.is_written_by_this_task()
