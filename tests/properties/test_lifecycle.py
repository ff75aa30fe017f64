"""Whatever is written to an execution in whatever order, its row and log keep the laws. Pure."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import orjson
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from runcast.clock import rfc3339
from runcast.errors import ClaimLost, Conflict
from runcast.lifecycle import MAX_TAKEOVERS, State, may_follow
from runcast.services.event_log.row import Draft, NewEvent, Row
from runcast.services.event_log.units import (
    Append,
    Finish,
    RequestCancel,
    Requeue,
    Start,
    StepResult,
    claim,
    recover,
)
from tests.tools.counted import check_laws
from tests.tools.drafts import EXECUTION, OWNER
from tests.tools.rows import MOMENT

WORKER = UUID(int=7)
ERROR = '{"code":"exception","message":"x"}'
SAYS_STATE = {
    "execution.queued": State.QUEUED,
    "execution.retrying": State.QUEUED,
    "execution.started": State.RUNNING,
    "execution.succeeded": State.SUCCEEDED,
    "execution.failed": State.FAILED,
    "execution.cancelled": State.CANCELLED,
}
# Emitters' clocks differ from the writer's, by seconds in either direction.
SKEWS = st.integers(-30, 30)
# The live claim, or one that was live before.
AGES = st.integers(0, 2)


class Execution(RuleBasedStateMachine):
    """One execution; each rule is a commit of one unit."""

    @initialize()
    def start(self) -> None:
        """Begin."""
        unit = Start(EXECUTION, OWNER, "work", None, "{}", MOMENT)
        self.row: Row = unit.row(MOMENT)
        self.now = MOMENT
        self.log: list[dict[str, Any]] = []
        self._commit(unit.apply)

    def _commit(self, change: Callable[[Draft], Any]) -> bool:
        """Apply a change; return whether it was accepted. A refused one must change nothing."""
        before = orjson.dumps(self.row, default=str)
        state, claims, final = self.row.state, self.row.claim, self.row.state.final
        draft = Draft(self.row, self.now)
        try:
            change(draft)
        except (ClaimLost, Conflict):
            assert draft.events == []
            assert orjson.dumps(self.row, default=str) == before
            return False
        assert not (final and draft.events)
        assert self.row.state is state or may_follow(self.row.state, state)
        assert self.row.claim >= claims
        self.log.extend(orjson.loads(event.payload) for event in draft.events)
        return True

    @rule(seconds=st.integers(-5, 60))
    def time_passes(self, seconds: int) -> None:
        """Move the writer's clock, which may also be set back."""
        self.now += timedelta(seconds=seconds)

    @precondition(lambda self: self.row.state is State.QUEUED)
    @rule()
    def claim(self) -> None:
        """Give it to a worker."""
        before = self.row.claim, self.row.attempt
        self._commit(lambda draft: claim(draft, WORKER))
        assert (self.row.claim, self.row.attempt) == (before[0] + 1, before[1] + 1)

    @precondition(lambda self: self.row.state is State.RUNNING)
    @rule()
    def lose_the_worker(self) -> None:
        """Take it from a dead worker."""
        self._commit(recover)
        assert self.row.takeovers <= MAX_TAKEOVERS + 1
        assert self.row.state is not State.RUNNING

    @rule(age=AGES, skew=SKEWS, texts=st.lists(st.text(max_size=3), max_size=3), step=st.booleans())
    def append(self, age: int, skew: int, texts: list[str], step: bool) -> None:
        """Say something on the live claim, or on an older one."""
        at = rfc3339(self.now + timedelta(seconds=skew))
        events: list[NewEvent | StepResult] = [
            NewEvent("note", orjson.dumps({"text": text}).decode(), at) for text in texts
        ]
        if step:
            events.append(StepResult(f"step#{len(self.log)}", "1", "d", at))
        unit = Append(EXECUTION, self.row.claim - age, tuple(events))
        accepted = self._commit(unit.apply)
        assert accepted == (age == 0 and self.row.state is State.RUNNING)

    @rule(age=AGES, state=st.sampled_from([State.SUCCEEDED, State.FAILED, State.CANCELLED]))
    def finish(self, age: int, state: State) -> None:
        """End it, on the live claim or on an older one."""
        live = age == 0 and self.row.state is State.RUNNING
        unit = Finish(EXECUTION, self.row.claim - age, state=state, result="1", error=ERROR)
        assert self._commit(unit.apply) == live

    @rule(age=AGES, retry=st.booleans())
    def requeue(self, age: int, retry: bool) -> None:
        """Give it back, on the live claim or on an older one."""
        live = age == 0 and self.row.state is State.RUNNING
        next_at = self.now if retry else None
        unit = Requeue(EXECUTION, self.row.claim - age, error=ERROR, next_at=next_at)
        assert self._commit(unit.apply) == live

    @rule()
    def cancel(self) -> None:
        """Ask for its end."""
        refused = self.row.state in {State.SUCCEEDED, State.FAILED}
        assert self._commit(RequestCancel(EXECUTION, OWNER).apply) != refused
        assert refused or self.row.cancel_requested or self.row.state is State.CANCELLED

    @invariant()
    def the_log_keeps_its_laws(self) -> None:
        """Numbers, times and attempts; and that the end is the last event."""
        check_laws(self.log)
        assert self.row.last_seq == len(self.log)

    @invariant()
    def the_row_says_what_the_log_says(self) -> None:
        """The state is that of the last event that tells one."""
        said = [SAYS_STATE[e["kind"]] for e in self.log if e["kind"] in SAYS_STATE]
        assert said[-1] is self.row.state
        assert (self.row.finished_at is not None) == self.row.state.final
        assert (self.row.worker_id is not None) == (self.row.state is State.RUNNING)
        if self.row.state.final:
            assert self.log[-1]["kind"] == f"execution.{self.row.state}"


TestExecution = Execution.TestCase
TestExecution.settings = settings(max_examples=150, stateful_step_count=40, deadline=None)
