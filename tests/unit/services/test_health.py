"""Whether the code can work on the database: that it answers, and at which revision it is."""

import asyncio

import pytest
from sqlalchemy import text

from runcast.database import Database, UnitOfWork
from runcast.database.probe import Probe
from runcast.errors import Unavailable
from runcast.services import health
from runcast.services.health import DatabaseCheck


async def test_a_database_at_the_newest_revision_is_good(database: Database) -> None:
    await DatabaseCheck(database).check()


async def test_a_database_without_a_schema_is_not(database: Database) -> None:
    async with UnitOfWork(database) as uow:
        await uow.session.execute(text("DELETE FROM alembic_version"))
        await uow.commit()
    with pytest.raises(Unavailable, match="run runcast db upgrade"):
        await DatabaseCheck(database).check()


async def test_a_database_that_fails_is_unavailable_without_saying_how(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(health, "_CURRENT", text("SELECT nothing FROM nowhere"))
    with pytest.raises(Unavailable, match=r"^the database does not answer$"):
        await DatabaseCheck(database).check()


async def test_a_database_that_answers_nothing_is_unavailable_soon(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("runcast.database.probe.PROBE_SECONDS", 0.01)
    frozen = asyncio.Event()
    checking = DatabaseCheck(database)

    async def ask() -> str:
        await frozen.wait()
        return health.NEWEST

    monkeypatch.setattr(checking, "_revision", Probe(ask))
    with pytest.raises(Unavailable, match="does not answer"):
        await checking.check()
    frozen.set()
    monkeypatch.undo()
    await checking.check()
    checking.stop()


@pytest.mark.parametrize("current", ["0003", "0004", "0999", "f00d"])
def test_the_same_and_newer_schemas_of_one_generation_fit(current: str) -> None:
    health.check_schema(current, "0003")


@pytest.mark.parametrize(
    ("current", "why"), [(None, "no revision"), ("0002", "older"), ("1000", "too new")]
)
def test_older_ones_and_another_generation_do_not(current: str | None, why: str) -> None:
    with pytest.raises(Unavailable, match=why):
        health.check_schema(current, "0003")
