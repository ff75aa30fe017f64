"""Random groups through the event log on a real database, beside a model that writes one by one."""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from shutil import copy
from typing import Any
from uuid import UUID

import orjson
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from runcast.clock import SystemClock
from runcast.database import open_database
from runcast.database.failures import DRIVER_ERRORS
from runcast.errors import ClaimLost, Conflict, Unprocessable
from runcast.lifecycle import State
from runcast.services.event_log import Appended, EventLog, NewEvent
from runcast.services.event_log.jobs import Job, Repeat
from runcast.services.event_log.units import (
    Append,
    CommandKey,
    Finish,
    RequestCancel,
    Requeue,
)
from runcast.settings import Settings
from tests.tools.counted import check_laws
from tests.tools.databases import Databases
from tests.tools.event_logs import claim_all, events, row, start
from tests.tools.refusals import refused
from tests.tools.rows import add_user

ENDED = [State.SUCCEEDED, State.FAILED, State.CANCELLED]
AT = "2026-01-01T00:00:00.000000Z"
ERROR = '{"code":"exception","message":"x"}'


@dataclass(frozen=True)
class Do:
    """One write to be: what, to which execution, on a claim how old, under which command."""

    what: str
    which: int
    age: int = 0
    command: int | None = None
    poison: bool = False


WRITES = st.one_of(
    st.builds(Do, st.just("start"), st.just(0), command=st.none() | st.integers(0, 2)),
    st.builds(
        Do,
        st.sampled_from(["append", "append", "append", "finish", "requeue"]),
        st.integers(0, 5),
        st.sampled_from([0, 0, 0, 1]),
        poison=st.sampled_from([False, False, False, True]),
    ),
    st.builds(Do, st.just("cancel"), st.integers(0, 5), command=st.none() | st.integers(0, 2)),
)


@dataclass
class Model:
    """What one execution must look like."""

    id: UUID
    state: State = State.QUEUED
    claim: int = 0
    cancel_requested: bool = False
    kinds: list[str] = field(default_factory=lambda: ["execution.queued"])

    def end(self, state: State) -> None:
        """Say the last word."""
        self.state = state
        self.kinds.append(f"execution.{state}")


class Log(RuleBasedStateMachine):
    """Each rule hands a group in at once; the model takes its writes one after the other."""

    fresh: Callable[[], str]

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.faults = ExitStack()
        self.models: list[Model] = []
        self.commands: dict[tuple[str, str], tuple[bytes, Any]] = {}
        self.told: dict[UUID, list[str]] = {}
        self.said = 0

    @initialize()
    def open(self) -> None:
        """Open a new database, which takes no poison."""
        self.url = type(self).fresh()
        self.runner.run(self._open())
        self.owner_id = self.runner.run(add_user(self.database))
        self.faults.enter_context(refused(self.database, "INSERT ON events", "NEW.kind = 'poison'"))

    async def _open(self) -> None:
        self.database = open_database(Settings(database_url=self.url))
        await self.database.start()
        self.log = EventLog(self.database, SystemClock())
        self.log.listen(self._hear)
        self.log.start()

    async def _close(self) -> None:
        await self.log.stop()
        await self.database.stop()

    def _hear(self, news: Sequence[Appended]) -> None:
        for appended in news:
            told = self.told.setdefault(appended.execution_id, [])
            told.extend(event.payload for event in appended.events)

    @rule()
    def reopen(self) -> None:
        """Stop in an orderly way, and start again."""
        self.runner.run(self._close())
        self.runner.run(self._open())

    @rule(group=st.lists(WRITES, min_size=1, max_size=12))
    def write(self, group: list[Do]) -> None:
        """Write a group, and compare what became of each."""
        jobs, expected = [], []
        for do in group:
            if do.what != "start" and not self.models:
                continue
            job, outcome = self._modelled(do)
            jobs.append(job)
            expected.append(outcome)
        outcomes = self.runner.run(self._together(jobs))
        for outcome, wanted in zip(outcomes, expected, strict=True):
            if isinstance(wanted, type | tuple):
                assert isinstance(outcome, wanted), (outcome, wanted)
            else:
                assert outcome == wanted

    @rule()
    def claim(self) -> None:
        """Claim all that is due."""
        (claims,) = self.runner.run(self._together([claim_all()]))
        queued = [model for model in self.models if model.state is State.QUEUED]
        assert {got.execution_id for got in claims} == {model.id for model in queued}
        for model in queued:
            model.state = State.RUNNING
            model.claim += 1
            model.kinds.append("execution.started")

    async def _together(self, jobs: list[Job]) -> list[Any]:
        return await asyncio.gather(*map(self.log.write, jobs), return_exceptions=True)

    def _modelled(self, do: Do) -> tuple[Job, Any]:
        """Return the job, and the outcome that the model foresees."""
        if do.what == "start":
            return self._start(do)
        model = self.models[do.which % len(self.models)]
        if do.what == "cancel":
            return self._cancel(do, model)
        return self._by_holder(do, model)

    def _start(self, do: Do) -> tuple[Job, Any]:
        command = None if do.command is None else CommandKey("start", str(do.command), b"start")
        unit = start(self.owner_id, command=command)
        if command is not None and ("start", command.key) in self.commands:
            return unit, Repeat(self.commands["start", command.key][1])
        outcome = str(unit.execution_id)
        if command is not None:
            self.commands["start", command.key] = (command.digest, outcome)
        self.models.append(Model(unit.execution_id))
        return unit, outcome

    def _cancel(self, do: Do, model: Model) -> tuple[Job, Any]:
        # One id for all executions: for another one it is another request, and refused.
        digest = model.id.bytes
        command = None if do.command is None else CommandKey("cancel", str(do.command), digest)
        unit = RequestCancel(model.id, self.owner_id, command)
        if command is not None and ("cancel", command.key) in self.commands:
            known, outcome = self.commands["cancel", command.key]
            return unit, Repeat(outcome) if known == digest else Unprocessable
        if model.state in {State.SUCCEEDED, State.FAILED}:
            return unit, Conflict
        if model.state is not State.CANCELLED and not model.cancel_requested:
            model.cancel_requested = True
            model.kinds.append("cancel.requested")
            if model.state is State.QUEUED:
                model.claim += 1
                model.end(State.CANCELLED)
        if command is not None:
            self.commands["cancel", command.key] = (digest, len(model.kinds))
        return unit, len(model.kinds)

    def _by_holder(self, do: Do, model: Model) -> tuple[Job, Any]:
        self.said += 1
        kind = "poison" if do.poison else "note"
        said = (NewEvent(kind, orjson.dumps({"n": self.said}).decode(), AT),)
        claim = model.claim - do.age
        state = ENDED[self.said % 3]
        unit: Append | Finish | Requeue
        match do.what:
            case "append":
                unit = Append(model.id, claim, said)
            case "finish":
                unit = Finish(model.id, claim, said, state=state, result="1", error=ERROR)
            case _:
                unit = Requeue(model.id, claim, said)
        if do.age or model.state is not State.RUNNING:
            return unit, ClaimLost
        if do.poison:
            return unit, DRIVER_ERRORS
        model.kinds.append(kind)
        if do.what == "finish":
            model.end(state)
        elif do.what == "requeue" and model.cancel_requested:
            model.end(State.CANCELLED)
        elif do.what == "requeue":
            model.state = State.QUEUED
            model.kinds.append("execution.queued")
        return unit, type(None)

    @invariant()
    def the_database_is_what_the_model_says(self) -> None:
        """Every log has the model's kinds, once each, in order, and its row says the same."""
        for model in self.models:
            self.runner.run(self._compare(model))

    async def _compare(self, model: Model) -> None:
        log = await events(self.database, model.id)
        check_laws(log)
        assert [event["kind"] for event in log] == model.kinds
        found = await row(self.database, model.id)
        assert (found["state"], found["claim"]) == (model.state, model.claim)
        assert found["last_seq"] == len(model.kinds)
        assert [orjson.loads(payload) for payload in self.told[model.id]] == log

    def teardown(self) -> None:
        """Close the database."""
        if hasattr(self, "database"):
            self.runner.run(self._close())
        self.faults.close()
        self.runner.close()


def _check(fresh: Callable[[], str], examples: int) -> None:
    machine = type("LogOnDatabase", (Log,), {"fresh": staticmethod(fresh)})
    run_state_machine_as_test(
        machine, settings=settings(max_examples=examples, stateful_step_count=15, deadline=None)
    )


def test_groups_do_what_single_writes_would_on_sqlite(
    sqlite_template: Path, tmp_path: Path
) -> None:
    def fresh() -> str:
        path = tmp_path / "runcast.db"
        for old in tmp_path.iterdir():
            old.unlink()
        copy(sqlite_template, path)
        return f"sqlite:///{path}"

    _check(fresh, 40)


def test_groups_do_what_single_writes_would_on_postgresql(postgres: Databases) -> None:
    _check(postgres.emptied, 20)
