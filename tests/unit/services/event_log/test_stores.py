"""A group of jobs in one transaction, on either database: one suite for both stores."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from runcast.database import Database
from runcast.errors import ClaimLost, NotFound, Unprocessable
from runcast.lifecycle import State
from runcast.services.event_log.jobs import (
    Abandoned,
    Due,
    Group,
    HeldBy,
    Job,
    Overdue,
    Repeat,
    Select,
    Store,
)
from runcast.services.event_log.row import Draft
from runcast.services.event_log.stores import store_of
from runcast.services.event_log.units import (
    Append,
    Claimed,
    CommandKey,
    Finish,
    OpenQuestion,
    Park,
    RequestCancel,
    Requeue,
    StartChild,
    StepResult,
    recover,
    wake,
)
from tests.tools.event_logs import WORKER, append, claim_all, kinds, payloads, said, start
from tests.tools.rows import MOMENT, add_user, add_worker

AT = "2026-01-01T00:00:00.000000Z"
LATER = MOMENT + timedelta(hours=1)


@pytest.fixture
def store(database: Database) -> Store:
    """Return the store of the database."""
    return store_of(database)


@pytest.fixture
async def owner(database: Database) -> UUID:
    """Return somebody whose executions these are."""
    return await add_user(database)


async def carry(store: Store, *jobs: Job, now: Any = MOMENT) -> list[Any]:
    """Return the outcomes of a group."""
    return (await whole(store, *jobs, now=now)).outcomes


async def whole(store: Store, *jobs: Job, now: Any = MOMENT) -> Group:
    """Return what became of a group."""
    return await store.carry(list(jobs), now, patient=False)


async def claimed(store: Store, *units: Any) -> list[Claimed]:
    """Start and claim these; return the claims in the same order."""
    await carry(store, *units)
    (claims,) = await carry(store, claim_all())
    by_id = {got.execution_id: got for got in claims}
    return [by_id[unit.execution_id] for unit in units]


async def row_of(store: Store, execution_id: UUID) -> Any:
    """Return the row as the store reads it."""
    seen: list[Draft] = []
    await carry(store, _Look(execution_id, seen))
    return seen[0].row


class _Look:
    """A unit that looks at the row and changes nothing."""

    command = None

    def __init__(self, execution_id: UUID, seen: list[Draft]) -> None:
        self.execution_id = execution_id
        self._seen = seen

    def apply(self, draft: Draft) -> None:
        self._seen.append(draft)


async def test_a_group_tells_what_each_log_gained(store: Store, owner: UUID) -> None:
    one, two = start(owner), start(owner)
    group = await whole(store, one, two)
    assert group.outcomes == [str(one.execution_id), str(two.execution_id)]
    assert [(a.execution_id, a.state, a.last_seq) for a in group.appended] == [
        (unit.execution_id, State.QUEUED, 1) for unit in (one, two)
    ]
    assert [[e.seq for e in a.events] for a in group.appended] == [[1], [1]]


async def test_a_later_job_sees_what_an_earlier_one_of_its_group_did(
    store: Store, owner: UUID, database: Database
) -> None:
    (got,) = await claimed(store, start(owner))
    outcomes = await carry(
        store,
        append(got, "a"),
        Finish(got.execution_id, got.claim, state=State.SUCCEEDED, result="1"),
        append(got, "too late"),
    )
    assert outcomes[:2] == [None, None]
    assert isinstance(outcomes[2], ClaimLost)
    assert await kinds(database, got.execution_id) == [
        "execution.queued",
        "execution.started",
        "note",
        "execution.succeeded",
    ]


async def test_a_refused_job_leaves_its_neighbours_alone(store: Store, owner: UUID) -> None:
    outcomes = await carry(store, Append(uuid4(), 1, (said("x"),)), start(owner))
    assert isinstance(outcomes[0], NotFound)
    assert isinstance(outcomes[1], str)


async def test_a_row_comes_back_as_it_was_saved(store: Store, owner: UUID) -> None:
    unit = start(owner, run_at=LATER, priority=3, handler_version="v1")
    await carry(store, unit)
    assert await row_of(store, unit.execution_id) == replace(unit.row(MOMENT), last_seq=1)


async def test_every_column_that_changes_is_saved(store: Store, owner: UUID) -> None:
    (got,) = await claimed(store, start(owner))
    question = OpenQuestion("q1", '{"id":"q1"}', AT)
    events = (said("x"), question)
    unit = Park(
        got.execution_id,
        got.claim,
        events,
        '{"done":1}',
        write_no=1,
        inbox=0,
        waiting_for=({"key": "q1", "question": "q1"},),
        wake_at=LATER,
        ran=0.5,
    )
    assert await carry(store, unit) == [True]
    row = await row_of(store, got.execution_id)
    assert (row.state, row.progress, row.write_no, row.wake_at) == (
        State.WAITING,
        '{"done":1}',
        1,
        LATER,
    )
    assert (row.open_questions, row.worker_id, row.started_at) == ('["q1"]', None, MOMENT)
    assert (row.last_seq, row.last_at, row.claim, row.attempt) == (5, AT, 1, 1)


async def test_a_final_state_keeps_its_result_and_its_end(store: Store, owner: UUID) -> None:
    (got,) = await claimed(store, start(owner))
    error = '{"code":"x","message":"y"}'
    await carry(store, Finish(got.execution_id, got.claim, state=State.FAILED, error=error))
    row = await row_of(store, got.execution_id)
    assert (row.state, row.error, row.finished_at) == (State.FAILED, error, MOMENT)


async def test_a_large_value_has_a_row_of_its_own(
    store: Store, owner: UUID, database: Database
) -> None:
    (got,) = await claimed(store, start(owner))
    text = '"' + "x" * 40_000 + '"'
    result = StepResult("fit", text, "0", AT)
    await carry(store, Append(got.execution_id, got.claim, (result,)))
    assert await payloads(database, got.execution_id) == {"3": text}


async def test_a_repeated_command_gets_the_first_outcome_and_does_nothing(
    store: Store, owner: UUID
) -> None:
    command = CommandKey("start x", "mine", b"digest")
    first, repeat = start(owner, command=command), start(owner, command=command)
    outcomes = await carry(store, first, repeat)
    assert outcomes == [str(first.execution_id), Repeat(str(first.execution_id))]
    assert await carry(store, repeat) == [Repeat(str(first.execution_id))]
    assert isinstance((await carry(store, _Look(repeat.execution_id, [])))[0], NotFound)


async def test_a_command_repeated_for_another_request_is_refused(store: Store, owner: UUID) -> None:
    await carry(store, start(owner, command=CommandKey("s", "k", b"one")))
    (outcome,) = await carry(store, start(owner, command=CommandKey("s", "k", b"two")))
    assert isinstance(outcome, Unprocessable)


async def test_the_same_id_in_another_scope_is_another_command(store: Store, owner: UUID) -> None:
    units = [start(owner, command=CommandKey(scope, "k", b"one")) for scope in "ab"]
    assert await carry(store, *units) == [str(unit.execution_id) for unit in units]


async def test_a_refused_command_may_be_tried_again(store: Store, owner: UUID) -> None:
    unit = start(owner)
    cancel = RequestCancel(unit.execution_id, owner, CommandKey("s", "k", b"one"))
    assert isinstance((await carry(store, cancel))[0], NotFound)
    await carry(store, unit)
    assert await carry(store, cancel) == [3]


async def test_the_urgent_are_picked_first_then_the_oldest_of_all_handlers(
    store: Store, owner: UUID
) -> None:
    units = [
        start(owner, handler, priority=priority)
        for handler, priority in (("a", 0), ("b", 5), ("a", 5), ("c", 9), ("b", 0))
    ]
    for unit in units:
        await carry(store, unit)
    seen: list[UUID] = []
    pick = Select(Due((("a", None), ("b", None)), 3), lambda d: seen.append(d.row.id))
    await carry(store, pick)
    assert sorted(seen) == sorted(units[n].execution_id for n in (1, 2, 0))


async def test_what_was_started_under_a_version_is_left_to_those_who_have_it(
    store: Store, owner: UUID
) -> None:
    old, any_version = start(owner, handler_version="v1"), start(owner)
    await carry(store, old, any_version)
    for version, wanted in (
        ("v1", {old, any_version}),
        ("v2", {any_version}),
        (None, {any_version}),
    ):
        (found,) = await carry(store, Select(Due((("work", version),), 9), lambda d: d.row.id))
        assert set(found) == {unit.execution_id for unit in wanted}


async def test_what_is_due_later_is_not_picked_before_its_timer_has_rung(
    store: Store, owner: UUID
) -> None:
    unit = start(owner, run_at=LATER)
    await carry(store, unit)
    assert await carry(store, claim_all(), now=LATER) == [[]]
    assert await carry(store, Select(Overdue(9), wake)) == [[]]
    assert await carry(store, Select(Overdue(9), wake), now=LATER) == [[None]]
    assert len((await carry(store, claim_all(), now=LATER))[0]) == 1


async def test_no_more_is_picked_than_was_asked_for(store: Store, owner: UUID) -> None:
    await carry(store, *(start(owner, handler) for handler in "abab"))
    pick = Select(Due((("a", None), ("b", None)), 3), lambda d: d.row.id)
    assert len((await carry(store, pick))[0]) == 3


async def test_what_a_silent_worker_held_is_abandoned(
    store: Store, owner: UUID, database: Database
) -> None:
    await add_worker(database, WORKER, seen_at=MOMENT)
    (got,) = await claimed(store, start(owner))
    fresh = Select(Abandoned(MOMENT - timedelta(seconds=1), 9), recover)
    assert await carry(store, fresh) == [[]]
    assert await carry(store, Select(Abandoned(MOMENT, 9), recover)) == [[None]]
    assert (await row_of(store, got.execution_id)).state is State.QUEUED


async def test_what_a_forgotten_worker_held_is_abandoned(store: Store, owner: UUID) -> None:
    await claimed(store, start(owner))
    assert await carry(store, Select(Abandoned(MOMENT - timedelta(days=1), 9), recover)) == [[None]]


async def test_claims_that_their_worker_knows_nothing_of_are_found(
    store: Store, owner: UUID
) -> None:
    known, lost = await claimed(store, start(owner), start(owner))
    pick = HeldBy(WORKER, frozenset({known.execution_id}))
    assert await carry(store, Select(pick, lambda d: d.row.id)) == [[lost.execution_id]]
    assert await carry(store, Select(HeldBy(uuid4(), frozenset()), recover)) == [[]]


async def test_what_a_group_changes_by_name_it_does_not_pick(store: Store, owner: UUID) -> None:
    unit = start(owner)
    await carry(store, unit)
    outcomes = await carry(store, RequestCancel(unit.execution_id, owner), claim_all())
    assert outcomes == [3, []]


async def begin_child(store: Store, parent: Claimed, owner: UUID, **options: Any) -> Any:
    """Let a parent start a child; return the child's unit."""
    child = start(owner, parent_id=parent.execution_id, **options)
    unit = StartChild(parent.execution_id, parent.claim, key="c", digest="0", child=child)
    assert await carry(store, unit) == [None]
    return child


async def test_a_child_begins_in_one_commit_with_the_word_of_it(
    store: Store, owner: UUID, database: Database
) -> None:
    (parent,) = await claimed(store, start(owner))
    child = await begin_child(store, parent, owner)
    assert (await kinds(database, parent.execution_id))[-1] == "child.started"
    assert await kinds(database, child.execution_id) == ["execution.queued"]
    assert (await row_of(store, child.execution_id)).parent_id == parent.execution_id


def ends(got: Claimed) -> Sequence[Any]:
    """Return the ways in which the holder of a claim ends an execution."""
    return [
        Finish(got.execution_id, got.claim, state=State.SUCCEEDED, result="1"),
        Finish(got.execution_id, got.claim, state=State.FAILED, error="{}"),
        RequestCancel(got.execution_id, WORKER),
    ]


@pytest.mark.parametrize("way", range(2))
async def test_the_end_of_a_child_wakes_the_parent_that_waits(
    store: Store, owner: UUID, database: Database, way: int
) -> None:
    (parent,) = await claimed(store, start(owner))
    child = await begin_child(store, parent, owner)
    park = Park(parent.execution_id, parent.claim, inbox=0, waiting_for=(), wake_at=None, ran=0.0)
    (((got,),), parked) = (await carry(store, claim_all()), await carry(store, park))
    assert (got.execution_id, parked) == (child.execution_id, [True])
    group = await whole(store, ends(got)[way])
    assert {a.execution_id for a in group.appended} == {child.execution_id, parent.execution_id}
    row = await row_of(store, parent.execution_id)
    assert (row.state, row.inbox, row.resuming) == (State.QUEUED, 1, True)
    assert (await kinds(database, parent.execution_id))[-1] == "execution.resumed"


async def test_the_end_of_a_child_is_news_to_a_parent_that_runs(store: Store, owner: UUID) -> None:
    (parent,) = await claimed(store, start(owner))
    child = await begin_child(store, parent, owner)
    group = await whole(store, RequestCancel(child.execution_id, owner))
    told = {a.execution_id: a for a in group.appended}
    assert (told[parent.execution_id].inbox, told[parent.execution_id].events) == (1, ())


async def test_a_child_that_is_lost_for_good_wakes_its_parent(store: Store, owner: UUID) -> None:
    (parent,) = await claimed(store, start(owner))
    await begin_child(store, parent, owner)
    ((got,),) = await carry(store, claim_all())
    await carry(store, RequestCancel(got.execution_id, owner))
    await carry(store, Select(HeldBy(WORKER, frozenset({parent.execution_id})), recover))
    assert (await row_of(store, got.execution_id)).state is State.CANCELLED
    assert (await row_of(store, parent.execution_id)).inbox == 1


async def test_a_requeue_with_a_timer_is_held_by_it(store: Store, owner: UUID) -> None:
    (got,) = await claimed(store, start(owner))
    await carry(store, Requeue(got.execution_id, got.claim, error="{}", next_at=LATER))
    row = await row_of(store, got.execution_id)
    assert (row.state, row.wake_at, row.retries) == (State.QUEUED, LATER, 1)


async def test_an_error_of_the_group_leaves_nothing_of_it(store: Store, owner: UUID) -> None:
    def break_down(_draft: Draft) -> None:
        raise KeyError("a defect")

    unit = start(owner)
    await carry(store, unit)
    with pytest.raises(KeyError):
        await carry(store, start(owner), Select(Due((("work", None),), 9), break_down))
    assert len((await carry(store, claim_all()))[0]) == 1


async def test_a_start_for_what_was_deleted_meanwhile_is_refused(store: Store, owner: UUID) -> None:
    for unit in (start(uuid4()), start(owner, item_id=uuid4())):
        assert [type(o) for o in await carry(store, unit)] == [NotFound]
