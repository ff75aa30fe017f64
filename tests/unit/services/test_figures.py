"""Figures: worked out once for those who ask at once or soon after, for nobody else, and for few at once."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from runcast.database import Database
from runcast.errors import Unavailable
from runcast.fair_turns import FairTurns, ask_as
from runcast.services import figures, stats
from runcast.services.figures import KEPT_SECONDS, Figures
from runcast.services.permissions import Role
from runcast.services.samples import Whose
from runcast.services.timelines import Period
from tests.tools.clock import FakeClock
from tests.tools.histories import add_executions
from tests.tools.rows import MOMENT, add_user
from tests.tools.teams import add_team


class Asked:
    """Figures, and for how many executions each was worked out."""

    def __init__(self, database: Database, clock: FakeClock) -> None:
        self.turns = FairTurns(at_once=1, each=1, most=1)
        self.figures = Figures(database, clock, self.turns)
        self.worked_out: list[int] = []

    async def of(
        self, whose: Whose | None, handler: str | None = None, period: Period | None = None
    ) -> int:
        """Return of how many executions the figures are."""
        return int(await self.figures.of(whose, handler, period, self._encode))

    def _encode(self, found: stats.Stats) -> bytes:
        self.worked_out.append(found.sample.executions)
        return str(found.sample.executions).encode()


@pytest.fixture
async def asked(database: Database, clock: FakeClock) -> AsyncIterator[Asked]:
    """Yield figures of the database."""
    asked = Asked(database, clock)
    yield asked
    await asked.figures.stop()


async def add(database: Database, owner: Any, number: int = 1, **more: Any) -> None:
    """Keep so many executions."""
    await add_executions(database, owner, *[{"state": "queued", **more}] * number)


async def test_all_who_ask_at_once_get_what_was_worked_out_once(
    asked: Asked, database: Database
) -> None:
    mine = await add_user(database)
    await add(database, mine, 2)
    assert await asyncio.gather(*(asked.of(Whose(mine)) for _ in range(16))) == [2] * 16
    assert asked.worked_out == [2]


async def test_they_are_kept_for_a_few_seconds_and_no_longer(
    asked: Asked, database: Database, clock: FakeClock
) -> None:
    mine = await add_user(database)
    assert await asked.of(Whose(mine)) == 0
    await add(database, mine)
    clock.advance(KEPT_SECONDS - 0.01)
    assert await asked.of(Whose(mine)) == 0
    clock.advance(0.02)
    assert await asked.of(Whose(mine)) == 1


async def test_what_is_kept_is_nobody_elses_nor_of_another_handler_or_period(
    asked: Asked, database: Database
) -> None:
    mine, theirs = await add_user(database), await add_user(database)
    team = await add_team(database, (mine, Role.OWNER), (theirs, Role.VIEWER))
    await add(database, mine, 1, handler="x")
    await add(database, mine, 2, handler="y")
    await add(database, mine, 4, handler="y", team_id=team)
    await add(database, theirs, 8)
    assert [await asked.of(whose) for whose in (Whose(mine), Whose(theirs), None)] == [3, 8, 15]
    assert [await asked.of(Whose(mine), handler) for handler in ("x", "y", "z")] == [1, 2, 0]
    assert [await asked.of(Whose(one, team)) for one in (mine, theirs)] == [4, 4]
    assert len(asked.worked_out) == 7
    assert await asked.of(Whose(mine), period=Period.DAY) == 3
    assert len(asked.worked_out) == 8


async def test_what_failed_is_not_kept(
    asked: Asked, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine = await add_user(database)

    def fail(*_: Any, **__: Any) -> None:
        raise ZeroDivisionError

    with monkeypatch.context() as failing:
        failing.setattr(stats, "summarise", fail)
        with pytest.raises(ZeroDivisionError):
            await asked.of(Whose(mine))
    assert await asked.of(Whose(mine)) == 0


async def test_who_leaves_does_not_end_it_for_the_others(asked: Asked, database: Database) -> None:
    mine = await add_user(database)
    first, second = (asyncio.create_task(asked.of(Whose(mine))) for _ in range(2))
    await asyncio.sleep(0)
    first.cancel()
    assert await second == 0
    assert asked.worked_out == [0]


async def test_few_are_worked_out_at_once_and_few_wait(asked: Asked, database: Database) -> None:
    mine = await add_user(database)
    ask_as("me")
    await asked.turns.take("another")
    waiting = asyncio.create_task(asked.of(Whose(mine), "x"))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    with pytest.raises(Unavailable):
        await asked.of(Whose(mine), "y")
    assert asked.worked_out == []
    asked.turns.give_back("another")
    assert await waiting == 0


async def test_only_so_many_are_kept(
    asked: Asked, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(figures, "MOST_KEPT", 2)
    mine = await add_user(database)
    for handler in "xyzyx":
        await asked.of(Whose(mine), handler)
    assert len(asked.worked_out) == 4


async def test_they_say_of_which_moment_they_are(
    database: Database, clock: FakeClock, asked: Asked
) -> None:
    mine = await add_user(database)
    await add(database, mine, created_at=MOMENT - timedelta(minutes=1))
    said: list[str] = []

    def encode(found: stats.Stats) -> bytes:
        said.append(found.at.isoformat())
        return b""

    await asked.figures.of(Whose(mine), None, None, encode)
    assert said == [clock.now().isoformat()]
