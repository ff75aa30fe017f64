"""Executions that wait for long are rows and nothing else, however many they are."""

import asyncio
import gc
from typing import Any
from uuid import UUID

import pytest

from runcast.database import Database
from runcast.lifecycle import State
from runcast.services.event_log import Appended
from runcast.workers.attempt import Attempt
from runcast.workers.run import Run
from tests.tools.event_logs import rows
from tests.tools.stage import Stage, open_stage

MANY = 1000


class Counted:
    """Counts the executions that came into a state, and waits for all of them."""

    def __init__(self, stage: Stage, state: State) -> None:
        self._state = state
        self._seen: set[Any] = set()
        self._all = asyncio.Event()
        stage.log.listen(self._hear)

    async def until_all(self) -> None:
        """Return when all have been in the state."""
        async with asyncio.timeout(60):
            await self._all.wait()

    def _hear(self, news: Any) -> None:
        each: Appended
        for each in news:
            if each.state is self._state:
                self._seen.add(each.execution_id)
        if len(self._seen) >= MANY:
            self._all.set()


def attempts_at(ids: set[UUID]) -> list[Attempt]:
    """Return the attempts at these executions that are still in memory."""
    found = [each for each in gc.get_objects() if isinstance(each, Attempt)]
    return [attempt for attempt in found if attempt.claimed.execution_id in ids]


@pytest.mark.timeout(180)
async def test_a_thousand_parked_executions_hold_no_place_no_task_and_no_memory(
    database: Database,
) -> None:
    async def work(run: Run) -> Any:
        run.log("before")
        answer = await run.ask("Go on?", int)
        run.log("after")
        return answer

    async with open_stage(database) as stage:
        stage.handler(work)
        parked, ended = Counted(stage, State.WAITING), Counted(stage, State.SUCCEEDED)
        async with stage.working(concurrency=50, park_seconds=0.02):
            before = len(asyncio.all_tasks())
            ids = await asyncio.gather(*(stage.begin() for _ in range(MANY)))
            await parked.until_all()
            await stage.idle()
            gc.collect()
            assert len(asyncio.all_tasks()) <= before + 2
            assert not attempts_at(set(ids))
            await asyncio.gather(*(stage.answer(each, "q1", n) for n, each in enumerate(ids)))
            await ended.until_all()
        results = await rows(database, "SELECT result FROM executions")
        assert sorted(int(result) for (result,) in results) == list(range(MANY))
        logged = await rows(database, "SELECT COUNT(*) FROM events WHERE kind = 'log'")
        assert logged[0][0] == 2 * MANY
