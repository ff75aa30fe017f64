"""Random programs cut at random events: what is finished happens once, what counts is said once."""

import asyncio
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from shutil import copy
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runcast.database import Database, SqliteDatabase
from runcast.services.event_log.sqlite import Select
from runcast.services.event_log.units import recover
from runcast.workers.run import Run
from runcast.workers.steps import StepFailed
from tests.tools.counted import check_laws, counted
from tests.tools.stage import open_stage


@dataclass(frozen=True)
class Say:
    """Emit a number."""

    number: int


@dataclass(frozen=True)
class Step:
    """Run a step that emits `says` times inside; one that fails is lived on with."""

    says: int
    fails: bool = False


@dataclass(frozen=True)
class Together:
    """Run steps side by side."""

    steps: tuple[Step, ...]


@dataclass(frozen=True)
class Flush:
    """Wait until all is committed, so that a cut may fall here."""


Act = Say | Step | Together | Flush
STEPS = st.builds(Step, st.integers(0, 2), st.booleans())
ACTS = st.one_of(
    st.builds(Say, st.integers(0, 9)),
    STEPS,
    st.builds(Together, st.lists(STEPS, min_size=2, max_size=3).map(tuple)),
    st.builds(Flush),
)
PROGRAMS = st.lists(ACTS, max_size=8)
ENDS = {"step.succeeded", "step.failed"}


@dataclass
class Player:
    """Plays a program as a handler, and counts how often each step ran in each attempt."""

    program: list[Act]
    effects: Counter[tuple[str, int]]

    async def play(self, run: Run) -> None:
        """Play all of it."""
        for place, act in enumerate(self.program):
            match act:
                case Say(number):
                    run.emit("say", number=number)
                case Flush():
                    await run.flush()
                case Step():
                    await self._step(run, f"{place}", act)
                case Together(steps):
                    await asyncio.gather(
                        *(self._step(run, f"{place}.{n}", each) for n, each in enumerate(steps))
                    )

    async def _step(self, run: Run, name: str, step: Step) -> None:
        async def effect() -> str:
            self.effects[f"step {name}", run.attempt] += 1
            for n in range(step.says):
                run.emit("inside", name=name, n=n)
                await run.flush()
            if step.fails:
                raise ValueError(name)
            return name

        running = run.step(effect, name=f"step {name}")
        if step.fails:
            with pytest.raises(StepFailed, match=name):
                await running
        else:
            assert await running == name


@given(program=PROGRAMS, cuts=st.lists(st.integers(1, 12), max_size=3))
@settings(max_examples=60, deadline=None)
def test_a_program_cut_anywhere_says_and_does_what_an_undisturbed_one_does(
    template: Path, program: list[Act], cuts: list[int]
) -> None:
    whole, _ = asyncio.run(_played(template, program, []))
    events, effects = asyncio.run(_played(template, program, cuts))
    check_laws(events)
    assert _shown(events) == _shown(whole)
    assert set(effects.values()) <= {1}
    last = dict(sorted(effects))
    assert last == {e["data"]["key"]: e["attempt"] for e in events if e["kind"] in ENDS}


def _shown(events: list[dict[str, Any]]) -> list[Any]:
    # What runs side by side is said in any order.
    return sorted(map(repr, counted(events)))


async def _played(
    template: Path, program: list[Act], cuts: list[int]
) -> tuple[list[dict[str, Any]], Counter[tuple[str, int]]]:
    """Play a program to its end, taking its claim away after each of these numbers of commits."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "runcast.db"
        copy(template, path)
        database = SqliteDatabase(path)
        await database.start()
        try:
            return await _play_on(database, program, list(cuts))
        finally:
            await database.stop()


async def _play_on(
    database: Database, program: list[Act], cuts: list[int]
) -> tuple[list[dict[str, Any]], Counter[tuple[str, int]]]:
    async with open_stage(database) as stage:
        player = Player(program, Counter())
        stage.handler(player.play)
        execution_id = await stage.begin()
        taken: set[asyncio.Task[Any]] = set()
        left = cuts.pop(0) if cuts else -1

        def cut(_appended: object) -> None:
            nonlocal left
            left -= 1
            if left == 0:
                left = cuts.pop(0) if cuts else -1
                take = stage.log.write(Select("state = 'running'", (), recover))
                taken.add(asyncio.get_running_loop().create_task(take))

        stage.log.listen(cut)
        async with stage.working():
            await stage.ended(execution_id)
        await asyncio.gather(*taken)
        return await stage.events(execution_id), player.effects
