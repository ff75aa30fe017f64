"""One session, one commit, and the news only after it."""

from uuid import UUID

import pytest
from sqlalchemy import select, text

from runcast.database import Database, UnitOfWork
from runcast.models import User
from tests.tools.rows import add_user

RENAME = text("UPDATE users SET name = 'new'")


async def name_of(database: Database, user_id: UUID) -> str | None:
    """Return a user's name, as another session reads it."""
    async with UnitOfWork(database) as uow:
        found: str | None = await uow.session.scalar(select(User.name).where(User.id == user_id))
        return found


async def test_a_unit_that_does_nothing_opens_nothing(database: Database) -> None:
    async with UnitOfWork(database) as uow:
        await uow.commit()
        assert database.connections_in_use == 0


async def test_a_block_that_ends_well_is_committed(database: Database) -> None:
    user_id = await add_user(database)
    async with UnitOfWork(database) as uow:
        await uow.session.execute(RENAME)
    assert await name_of(database, user_id) == "new"
    assert database.connections_in_use == 0


async def test_a_block_that_raises_is_rolled_back_and_tells_nothing(database: Database) -> None:
    user_id = await add_user(database)
    told: list[str] = []

    async def rename_and_fail() -> None:
        async with UnitOfWork(database) as uow:
            uow.after_commit(lambda: told.append("news"))
            await uow.session.execute(RENAME)
            raise KeyError

    with pytest.raises(KeyError):
        await rename_and_fail()
    assert await name_of(database, user_id) == "x"
    assert told == []
    assert database.connections_in_use == 0


async def test_the_news_leaves_after_the_commit_and_once(database: Database) -> None:
    await add_user(database)
    told: list[bool] = []
    async with UnitOfWork(database) as uow:
        await uow.session.execute(RENAME)
        uow.after_commit(lambda: told.append(database.is_written_by_this_task()))
        assert told == []
        await uow.commit()
        assert told == [False]
    assert told == [False]


async def test_a_commit_gives_the_connection_back_and_the_unit_goes_on(database: Database) -> None:
    user_id = await add_user(database)
    async with UnitOfWork(database) as uow:
        await uow.session.execute(RENAME)
        await uow.commit()
        assert database.connections_in_use == 0
        await uow.session.execute(text("UPDATE users SET name = 'newer'"))
    assert await name_of(database, user_id) == "newer"
