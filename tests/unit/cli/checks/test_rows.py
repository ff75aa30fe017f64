"""The database is asked for its schema, its clock and its administrators, on either kind."""

from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from runcast.application import Runcast
from runcast.cli.checks import rows
from runcast.cli.checks.findings import Level
from runcast.database import UnitOfWork
from runcast.models import Totp
from runcast.settings import Settings
from tests.tools.administrators import promote
from tests.tools.databases import started
from tests.tools.people import SignedIn
from tests.tools.rows import MOMENT


async def found(url: str) -> dict[str, Level]:
    """Return how what the database says is judged."""
    return {f.about: f.level for f in await rows.check(Settings(database_url=url))}


async def test_a_deployment_without_administrators_is_told(database_url: str) -> None:
    assert await found(database_url) == {
        "the schema": Level.OK,
        "the database's clock": Level.OK,
        "administrators": Level.WARNING,
        "second factors": Level.OK,
    }


async def test_an_administrator_without_a_second_factor_is_worth_a_note(
    app: Runcast, alice: SignedIn, database_url: str
) -> None:
    await promote(app, alice)
    judged = await found(database_url)
    assert (judged["administrators"], judged["second factors"]) == (Level.OK, Level.NOTE)
    async with started(database_url) as database, UnitOfWork(database) as uow:
        its: dict[str, Any] = {
            "user_id": UUID(alice.user["id"]),
            "sealed": b"x",
            "created_at": MOMENT,
        }
        uow.session.add(Totp(**its, confirmed_at=MOMENT))
    assert (await found(database_url))["second factors"] is Level.OK


async def test_an_old_schema_is_a_danger(tmp_path: Path) -> None:
    (tmp_path / "runcast.db").touch()
    assert await found(f"sqlite:///{tmp_path}/runcast.db") == {"the schema": Level.DANGER}


async def test_a_database_that_does_not_answer_is_a_danger() -> None:
    url = "postgresql://127.0.0.1:1/none"
    assert await found(url) == {"the database": Level.DANGER}


async def test_a_file_that_is_not_there_yet_is_well(tmp_path: Path) -> None:
    assert await found(f"sqlite:///{tmp_path}/none/runcast.db") == {"the database": Level.OK}


@pytest.mark.parametrize(("seconds", "level"), [(0, Level.OK), (4, Level.OK), (6, Level.WARNING)])
def test_clocks_that_differ_are_told(seconds: int, level: Level) -> None:
    assert rows.skew("a clock", timedelta(seconds=seconds)).level is level
