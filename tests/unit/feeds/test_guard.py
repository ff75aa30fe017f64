"""Law 12 for what stays open."""

import asyncio
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, cast
from uuid import UUID, uuid4

import pytest

from runcast.database import Database
from runcast.errors import (
    InvalidToken,
    NotFound,
    Restarting,
    RuncastError,
    Unauthenticated,
    Unavailable,
)
from runcast.feeds import Guard, Guarded, guard
from runcast.services.credentials import Credentials
from runcast.services.principals import Principal, Viewer
from runcast.services.visibility import Ground, Membership, Public
from tests.tools.clock import FakeClock


@dataclass
class Answers:
    """Stands for credentials and database: who is good, what is public, or a failure."""

    good: set[Viewer] = field(default_factory=set)
    public: set[UUID] = field(default_factory=set)
    members: set[tuple[UUID, UUID]] = field(default_factory=set)
    failure: Exception | None = None
    asked: asyncio.Event = field(default_factory=asyncio.Event)
    may_answer: asyncio.Event | None = None

    async def still_good(self, principals: Iterable[Viewer]) -> set[Viewer]:
        """Return those that are good."""
        asked = set(principals)
        self.asked.set()
        if self.may_answer is not None:
            await self.may_answer.wait()
        if self.failure is not None:
            raise self.failure
        return asked & self.good

    async def fetch(self, _read: Any, **values: Any) -> list[tuple[UUID, ...]]:
        """Return what is public, or who is where a member."""
        return list(self.members) if "teams" in values else [(public,) for public in self.public]


def principal() -> Principal:
    """Return somebody."""
    return Principal(uuid4(), "x@example.com", "x", False, uuid4(), None)


class Open:
    """Something open that notes why it was ended."""

    def __init__(self, who: Principal | None, ground: Ground | None = None) -> None:
        self.reasons: list[RuncastError] = []
        self.guarded = Guarded(who, self.reasons.append, ground)

    @property
    def ended_by(self) -> list[type[RuncastError]]:
        """The kinds of reasons, in order."""
        return [type(reason) for reason in self.reasons]


@pytest.fixture
def answers() -> Answers:
    """Return what will be answered."""
    return Answers()


@pytest.fixture
def watch(answers: Answers, clock: FakeClock) -> Guard:
    """Return a guard that asks there."""
    return Guard(cast("Credentials", answers), cast("Database", answers), clock)


async def test_who_is_no_longer_good_is_ended_and_nobody_else(
    watch: Guard, answers: Answers
) -> None:
    good, bad, anonymous, gone = Open(principal()), Open(principal()), Open(None), Open(principal())
    assert good.guarded.viewer is not None
    answers.good = {good.guarded.viewer}
    for each in (good, bad, anonymous, gone):
        watch.add(each.guarded)
    watch.remove(gone.guarded)
    watch.remove(gone.guarded)
    await watch.look()
    assert [each.ended_by for each in (good, bad, anonymous, gone)] == [[], [InvalidToken], [], []]


async def test_what_is_no_longer_public_ends_for_those_who_see_it_because_of_that(
    watch: Guard, answers: Answers
) -> None:
    someone = principal()
    answers.good, answers.public = {someone}, {uuid4()}
    (still,) = answers.public
    opened = [
        Open(who, Public(execution_id))
        for execution_id in (still, uuid4())
        for who in (None, someone)
    ]
    for each in opened:
        watch.add(each.guarded)
    await watch.look()
    assert [each.ended_by for each in opened] == [[], [], [Unauthenticated], [NotFound]]


async def test_who_is_no_longer_in_the_team_is_ended_and_who_is_stays(
    watch: Guard, answers: Answers
) -> None:
    stays, leaves = principal(), principal()
    team_id = uuid4()
    answers.good, answers.members = {stays, leaves}, {(team_id, stays.user_id)}
    opened = [
        Open(stays, Membership(team_id, stays.user_id, uuid4())),
        Open(leaves, Membership(team_id, leaves.user_id, uuid4())),
        Open(stays, Membership(uuid4(), stays.user_id, uuid4())),
    ]
    for each in opened:
        watch.add(each.guarded)
    await watch.look()
    assert [each.ended_by for each in opened] == [[], [NotFound], [NotFound]]


async def test_who_leaves_the_team_of_what_is_public_is_told_to_come_back(
    watch: Guard, answers: Answers
) -> None:
    leaves, execution_id = principal(), uuid4()
    answers.good, answers.public = {leaves}, {execution_id}
    feed = Open(leaves, Membership(uuid4(), leaves.user_id, execution_id))
    watch.add(feed.guarded)
    await watch.look()
    assert feed.ended_by == [Unavailable]


async def test_what_is_renewed_while_the_answer_comes_is_not_ended(
    watch: Guard, answers: Answers
) -> None:
    old = Open(principal())
    watch.add(old.guarded)
    answers.may_answer = asyncio.Event()
    looking = asyncio.create_task(watch.look())
    await answers.asked.wait()
    watch.remove(old.guarded)
    answers.may_answer.set()
    await looking
    assert old.reasons == []


@pytest.mark.parametrize("failure", [sqlite3.OperationalError("x"), RuntimeError("a defect")])
async def test_when_it_cannot_ask_for_ten_seconds_all_end_to_come_back(
    watch: Guard, answers: Answers, clock: FakeClock, failure: Exception
) -> None:
    known, anonymous = Open(principal()), Open(None, Public(uuid4()))
    for each in (known, anonymous):
        watch.add(each.guarded)
    answers.failure = failure
    clock.advance(10)
    with pytest.raises(type(failure)):
        await watch.look()
    assert (known.reasons, anonymous.reasons) == ([], [])
    clock.advance(0.1)
    with pytest.raises(type(failure)):
        await watch.look()
    assert (known.ended_by, anonymous.ended_by) == ([Unavailable], [Unavailable])


async def test_an_answer_makes_it_sure_again(
    watch: Guard, answers: Answers, clock: FakeClock
) -> None:
    known = Open(principal())
    assert known.guarded.viewer is not None
    answers.good = {known.guarded.viewer}
    watch.add(known.guarded)
    clock.advance(9)
    await watch.look()
    answers.failure = sqlite3.OperationalError("x")
    clock.advance(9)
    with pytest.raises(sqlite3.OperationalError):
        await watch.look()
    assert known.reasons == []


async def test_a_few_are_ended_at_once_and_whoever_comes_then(watch: Guard) -> None:
    opened = [Open(principal()), Open(None)]
    for each in opened:
        watch.add(each.guarded)
    watch.check_open()
    assert not watch.stopping
    await watch.all_ended()
    watch.begin_to_end_all(Restarting())
    watch.begin_to_end_all(Restarting())
    assert [each.ended_by for each in opened] == [[Restarting], [Restarting]]
    assert watch.stopping
    with pytest.raises(Restarting):
        watch.check_open()
    late = Open(principal())
    watch.add(late.guarded)
    assert late.ended_by == [Restarting]
    await watch.all_ended()
    await watch.stop()


async def test_one_that_drains_is_not_ready_and_takes_what_comes(watch: Guard) -> None:
    watch.check_ready()
    watch.begin_to_drain()
    with pytest.raises(Restarting):
        watch.check_ready()
    watch.check_open()
    opened = Open(principal())
    watch.add(opened.guarded)
    assert opened.reasons == []


async def test_many_are_ended_in_equal_batches_spread_over_the_farewell(
    watch: Guard, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    told: list[float] = []
    opened = [
        Guarded(None, lambda _reason: told.append(asyncio.get_running_loop().time()))
        for _ in range(guard.LEAST_BATCH * 40)
    ]

    def fail(_reason: RuncastError) -> None:
        raise ValueError("a defect")

    broken, gone = Guarded(None, fail), Open(None)
    for each in (broken, *opened, gone.guarded):
        watch.add(each)
    monkeypatch.setattr(guard, "FAREWELL_SECONDS", 0.4)
    monkeypatch.setattr(guard, "BATCH_SECONDS", 0.01)
    watch.begin_to_end_all(Restarting())
    first = len(told)
    assert first == guard.LEAST_BATCH
    watch.remove(gone.guarded)
    await watch.all_ended()
    assert len(told) == len(opened)
    assert told[-1] - told[0] >= 0.9 * 40 * 0.01
    assert gone.reasons == []
    assert "could not end what is open" in caplog.text


async def test_a_stop_does_not_wait_for_the_farewell(
    watch: Guard, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guard, "BATCH_SECONDS", 3600)
    monkeypatch.setattr(guard, "FAREWELL_SECONDS", 4 * 3600)
    opened = [Open(None) for _ in range(100)]
    for each in opened:
        watch.add(each.guarded)
    watch.begin_to_end_all(Restarting())
    async with asyncio.timeout(5):
        await watch.stop()
    assert sum(len(each.reasons) for each in opened) == guard.LEAST_BATCH


async def test_it_looks_by_itself_until_it_is_stopped(
    answers: Answers, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guard, "LOOK_SECONDS", 0.001)
    watch = Guard(cast("Credentials", answers), cast("Database", answers), clock)
    await watch.stop()
    watch.start()
    async with asyncio.timeout(5):
        await answers.asked.wait()
    await watch.stop()
    await watch.stop()
    answers.asked.clear()
    await asyncio.sleep(0.01)
    assert not answers.asked.is_set()
