"""Random programs cut at random events: what is finished happens once, what counts is said once."""

import asyncio
from collections import Counter
from collections.abc import Coroutine, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from shutil import copy
from tempfile import TemporaryDirectory
from typing import Any
from uuid import UUID

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runcast.services.event_log import Appended
from runcast.workers.children import ChildFailed
from runcast.workers.run import Run
from runcast.workers.steps import StepFailed
from tests.tools.counted import check_laws, counted
from tests.tools.databases import started
from tests.tools.stage import Stage, open_stage


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
class Ask:
    """Ask a question, which is answered with its own id."""


@dataclass(frozen=True)
class AskInVain:
    """Ask a question that expires before anybody looks."""


@dataclass(frozen=True)
class Receive:
    """Receive a signal that came before the start."""


@dataclass(frozen=True)
class ReceiveLate:
    """Receive a signal that is sent when the run is parked for it, or has run for a while."""


@dataclass(frozen=True)
class Sleep:
    """Sleep for a moment."""


@dataclass(frozen=True)
class Child:
    """Start a child and wait for it; one that fails is lived on with."""

    fails: bool = False


@dataclass(frozen=True)
class Together:
    """Do things side by side."""

    acts: "tuple[Step | Wait, ...]"


@dataclass(frozen=True)
class Flush:
    """Wait until all is committed, so that a cut may fall here."""


Wait = Ask | AskInVain | Receive | ReceiveLate | Sleep | Child
Act = Say | Step | Wait | Together | Flush
STEPS = st.builds(Step, st.integers(0, 2), st.booleans())
WAITS: st.SearchStrategy[Wait] = st.one_of(
    st.builds(Ask),
    st.builds(AskInVain),
    st.builds(Receive),
    st.builds(ReceiveLate),
    st.builds(Sleep),
    st.builds(Child, st.booleans()),
)
ACTS = st.one_of(
    st.builds(Say, st.integers(0, 9)),
    STEPS,
    WAITS,
    st.builds(Together, st.lists(st.one_of(STEPS, WAITS), min_size=2, max_size=3).map(tuple)),
    st.builds(Flush),
)
PROGRAMS = st.lists(ACTS, max_size=8)
ENDS = {"step.succeeded", "step.failed"}
EARLY = 30


@dataclass
class Player:
    """Plays a program as a handler, and counts how often each step ran in each attempt.

    `received` is which of the early signals each call got, as the last attempt was told.
    """

    program: list[Act]
    effects: Counter[tuple[str, int]] = field(default_factory=Counter)
    received: dict[str, int] = field(default_factory=dict)

    async def play(self, run: Run) -> None:
        """Play all of it."""
        for place, act in enumerate(self.program):
            match act:
                case Say(number):
                    run.emit("say", number=number)
                case Flush():
                    await run.flush()
                case Together(acts):
                    await asyncio.gather(
                        *(self._do(run, f"{place}-{n}", each) for n, each in enumerate(acts))
                    )
                case _:
                    await self._do(run, f"{place}", act)

    async def _do(self, run: Run, name: str, act: Step | Wait) -> None:
        match act:
            case Step():
                await self._step(run, name, act)
            case Ask():
                assert await run.ask("Which?", str, name=f"ask-{name}") == f"ask-{name}"
            case AskInVain():
                with pytest.raises(TimeoutError):
                    await run.ask("Anybody?", timeout=0, name=f"vain-{name}")
            case Receive():
                self.received[name] = await run.receive("early")
            case ReceiveLate():
                assert await run.receive(f"late-{name}") == name
            case Sleep():
                await run.sleep(0.03)
            case Child(fails):
                child = await run.start("child", {"fails": fails}, name=f"child {name}")
                if fails:
                    with pytest.raises(ChildFailed, match="failed as told"):
                        await run.wait(child)
                else:
                    assert await run.wait(child) == "well"

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


async def child(_run: Run, spec: dict[str, bool]) -> str:
    """Fail, or not, as told."""
    if spec["fails"]:
        raise ValueError("failed as told")
    return "well"


@given(
    program=PROGRAMS,
    cuts=st.lists(st.integers(1, 12), max_size=3),
    park_seconds=st.sampled_from([0.001, 0.01, 3.0]),
)
@settings(max_examples=60, deadline=None)
def test_a_program_cut_and_parked_anywhere_says_and_does_what_an_undisturbed_one_does(
    sqlite_template: Path, program: list[Act], cuts: list[int], park_seconds: float
) -> None:
    whole, _ = asyncio.run(_played(sqlite_template, program, [], 3.0))
    events, effects = asyncio.run(_played(sqlite_template, program, cuts, park_seconds))
    check_laws(events)
    assert events[-1]["kind"] == whole[-1]["kind"] == "execution.succeeded", events[-1]
    assert _shown(events) == _shown(whole)
    assert _waited(events) == _waited(whole)
    assert set(effects.values()) <= {1}
    assert dict(sorted(effects)) == {e["data"]["key"]: e["attempt"] for e in _ends_of_steps(events)}


def _shown(events: list[dict[str, Any]]) -> list[Any]:
    # What runs side by side is said in any order, and signals come when they come.
    said = [_timeless(each) for each in counted(events) if each[0] != "signal"]
    return sorted(map(repr, said))


def _timeless(said: tuple[str, Any, str | None]) -> Any:
    kind, data, step = said
    if kind == "question":
        data = {**data, "expires_at": data["expires_at"] is not None}
    elif kind == "answer":
        data = {**data, "by": None}
    return kind, data, step


def _waited(events: list[dict[str, Any]]) -> list[Any]:
    """Return how each wait ended, and which children were started."""
    ends = [e["data"] for e in events if e["kind"] in ENDS and "of" in e["data"]]
    started = [e["data"]["key"] for e in events if e["kind"] == "child.started"]
    return sorted(repr((end["key"], end["of"], "error" in end)) for end in ends) + sorted(started)


def _ends_of_steps(events: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [e for e in events if e["kind"] in ENDS and "of" not in e["data"]]


async def _played(
    template: Path, program: list[Act], cuts: list[int], park_seconds: float
) -> tuple[list[dict[str, Any]], Counter[tuple[str, int]]]:
    """Play a program to its end, taking its claim away after each of these numbers of commits."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "runcast.db"
        copy(template, path)
        async with started(f"sqlite:///{path}") as database, open_stage(database) as stage:
            return await _play_on(stage, program, list(cuts), park_seconds)


async def _play_on(
    stage: Stage, program: list[Act], cuts: list[int], park_seconds: float
) -> tuple[list[dict[str, Any]], Counter[tuple[str, int]]]:
    player = Player(program)
    stage.handler(player.play)
    stage.handler(child, name="child")
    execution_id = await stage.begin()
    for n in range(EARLY):
        await stage.signal(execution_id, "early", n)
    world = World(stage, execution_id, program, cuts, until_parked=park_seconds < 1)
    stage.log.listen(world.hear)
    async with stage.working(park_seconds=park_seconds):
        await stage.ended(execution_id)
    await asyncio.gather(*world.doing)
    assert sorted(player.received.values()) == list(range(len(player.received)))
    return await stage.events(execution_id), player.effects


class World:
    """Answers what is asked, sends signals, and takes claims away.

    Where runs are parked soon it lets them be parked before it does what they wait for.
    """

    def __init__(
        self,
        stage: Stage,
        execution_id: UUID,
        program: list[Act],
        cuts: list[int],
        *,
        until_parked: bool,
    ) -> None:
        self.doing: set[asyncio.Task[Any]] = set()
        self._stage = stage
        self._execution_id = execution_id
        self._signals = [f"late-{place}" for place in _late_signals(program)]
        self._answered: set[str] = set()
        self._until_parked = until_parked
        self._cuts = cuts
        self._left = cuts.pop(0) if cuts else -1

    def hear(self, news: Sequence[Appended]) -> None:
        """Hear what was committed."""
        self._left -= 1
        if self._left == 0:
            self._left = self._cuts.pop(0) if self._cuts else -1
            self._do(self._stage.lose_claims())
        for event in (e for a in news if a.execution_id == self._execution_id for e in a.events):
            self._hear(event.kind, event.payload)

    def _hear(self, kind: str, payload: str) -> None:
        data = orjson.loads(payload)["data"]
        if kind == "execution.waiting":
            for wait in data["for"]:
                self._answer(wait.get("question"))
                self._signal(wait.get("signal"))
        elif not self._until_parked:
            if kind == "question" and data["expires_at"] is None:
                self._answer(data["id"])
            elif kind != "signal" and self._signals:
                self._signal(self._signals[0])

    def _answer(self, question: str | None) -> None:
        if question is not None and question not in self._answered:
            self._answered.add(question)
            self._do(self._stage.answer(self._execution_id, question, question))

    def _signal(self, name: str | None) -> None:
        if name in self._signals:
            self._signals.remove(name)
            data = name.removeprefix("late-")
            self._do(self._stage.signal(self._execution_id, name, data))

    def _do(self, what: Coroutine[Any, Any, None]) -> None:
        self.doing.add(asyncio.get_running_loop().create_task(what))


def _late_signals(program: list[Act]) -> Iterator[str]:
    for place, act in enumerate(program):
        if isinstance(act, ReceiveLate):
            yield f"{place}"
        elif isinstance(act, Together):
            for n, each in enumerate(act.acts):
                if isinstance(each, ReceiveLate):
                    yield f"{place}-{n}"
