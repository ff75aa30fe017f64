"""`runcast db prune`, as a person would run it, on either database."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from typer.testing import CliRunner, Result

from runcast.cli import app
from runcast.database import UnitOfWork
from runcast.models import Execution
from tests.tools.databases import started
from tests.tools.rows import add_user

TWO_DAYS_AGO = datetime.now(UTC) - timedelta(days=2)


def run(monkeypatch: pytest.MonkeyPatch, url: str, *arguments: str) -> Result:
    """Return what `runcast db prune` did to a database."""
    monkeypatch.setenv("RUNCAST_DATABASE_URL", url)
    return CliRunner().invoke(app, ["db", "prune", *arguments])


async def keep_an_old_one(url: str) -> None:
    """Keep an execution that ended two days ago."""
    async with started(url) as database:
        owner_id = await add_user(database)
        async with UnitOfWork(database) as uow:
            uow.session.add(
                Execution(
                    id=uuid4(),
                    owner_id=owner_id,
                    handler="x",
                    state="succeeded",
                    run_at=TWO_DAYS_AGO,
                    input="{}",
                    last_at="",
                    last_seq=3,
                    created_at=TWO_DAYS_AGO,
                    finished_at=TWO_DAYS_AGO,
                )
            )


def test_what_is_older_than_it_is_to_be_kept_goes(
    monkeypatch: pytest.MonkeyPatch, database_url: str
) -> None:
    asyncio.run(keep_an_old_one(database_url))
    assert run(monkeypatch, database_url).output == "nothing to remove\n"
    assert run(monkeypatch, database_url, "--events-days", "3").output == "nothing to remove\n"
    done = run(monkeypatch, database_url, "--events-days", "1")
    assert (done.exit_code, done.output) == (0, "removed 1 log, 2 events\n")
    done = run(monkeypatch, database_url, "--executions-days", "1.5")
    assert (done.exit_code, done.output) == (0, "removed 1 execution\n")


def test_the_settings_say_for_how_long_unless_the_command_does(
    monkeypatch: pytest.MonkeyPatch, database_url: str
) -> None:
    asyncio.run(keep_an_old_one(database_url))
    monkeypatch.setenv("RUNCAST_KEEP_EXECUTIONS_DAYS", "1")
    assert run(monkeypatch, database_url, "--executions-days", "9").output == "nothing to remove\n"
    assert "1 execution\n" in run(monkeypatch, database_url).output


def test_a_span_that_cannot_be_and_an_old_schema_are_refused_in_words(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, sqlite_url: str
) -> None:
    done = run(monkeypatch, sqlite_url, "--events-days", "0")
    assert done.exit_code == 1
    assert done.output.startswith("RUNCAST_KEEP_EVENTS_DAYS: ")
    (tmp_path / "empty").mkdir()
    (tmp_path / "empty/runcast.db").touch()
    done = run(monkeypatch, f"sqlite:///{tmp_path}/empty/runcast.db")
    assert done.exit_code == 1
    assert "runcast db upgrade" in done.output
