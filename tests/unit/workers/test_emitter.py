"""What a run says, gathered for the log: from the loop and from threads."""

import asyncio
import sqlite3
import threading
from typing import Any
from uuid import UUID

import pytest

from runcast.errors import ClaimLost, Restarting
from runcast.lifecycle import State
from runcast.services.event_log import Entry, EventLog, NewEvent
from runcast.services.event_log.units import Append, Finish, OpenQuestion, Park, StepResult
from runcast.strict_json import InvalidDocument
from runcast.workers.emitter import MAX_PENDING_BYTES, EmitOverflow, Emitter, RunClosed
from tests.tools.clock import FakeClock

EXECUTION = UUID(int=1)
BIG = "x" * 60_000


class FakeLog:
    """Takes what sources have when the test says so, and settles it as the test likes."""

    def __init__(self) -> None:
        self.sources: list[Emitter] = []
        self.entries: list[Entry] = []
        self.enlisted = asyncio.Event()
        self.in_a_transaction = False

    def enlist(self, source: Emitter) -> None:
        """Note that a source has something."""
        self.sources.append(source)
        self.enlisted.set()

    def check_may_wait(self) -> None:
        """Let everybody wait, unless the test has said that a transaction is open."""
        if self.in_a_transaction:
            raise RuntimeError("commit the open transaction before waiting for the log")

    def take(self) -> Append | None:
        """Take what the source has."""
        job = self.take_any()
        assert job is None or isinstance(job, Append)
        return job

    def take_any(self) -> Any:
        """Take what the source has, whatever it is."""
        entry = self.sources[-1].take()
        if entry is None:
            return None
        self.entries.append(entry)
        return entry.job

    async def commit(self, outcome: Any = None) -> None:
        """Settle what was taken, and let it be heard."""
        for entry in self.entries:
            if not entry.future.done():
                entry.future.set_result(outcome)
        await asyncio.sleep(0)

    def fail(self, error: Exception) -> None:
        """Refuse what was taken."""
        self.entries[-1].future.set_exception(error)


@pytest.fixture
async def log() -> FakeLog:
    """Return a log that does nothing by itself."""
    return FakeLog()


@pytest.fixture
async def emitter(log: FakeLog, clock: FakeClock) -> Emitter:
    """Return an emitter on claim 3 of an execution."""
    real: Any = log
    assert isinstance(real, FakeLog | EventLog)
    return Emitter(real, clock, EXECUTION, 3)  # type: ignore[arg-type]  # the part of a log that an emitter uses


def told(append: Append | None) -> list[tuple[str, str]]:
    """Return kinds and data."""
    assert append is not None
    return [(e.kind, e.data) for e in append.events if isinstance(e, NewEvent)]


async def test_what_is_said_waits_for_the_next_group(emitter: Emitter, log: FakeLog) -> None:
    emitter.emit("a", {"x": 1})
    emitter.emit("b", {}, step="fit")
    append = log.take()
    assert append is not None
    assert (append.execution_id, append.claim) == (EXECUTION, 3)
    assert told(append) == [("a", '{"x":1}'), ("b", "{}")]
    assert [getattr(e, "step", None) for e in append.events] == [None, "fit"]
    assert log.take() is None


async def test_each_event_has_the_time_at_which_it_was_said(
    emitter: Emitter, log: FakeLog, clock: FakeClock
) -> None:
    emitter.emit("a", {})
    clock.advance(1)
    emitter.emit("b", {})
    append = log.take()
    assert append is not None
    assert [e.at[17:19] for e in append.events] == ["00", "01"]


async def test_progress_of_one_flush_is_the_latest(emitter: Emitter, log: FakeLog) -> None:
    for done in range(3):
        emitter.emit("progress", {"done": done})
    emitter.emit("note", {})
    emitter.emit("progress", {"done": 3})
    append = log.take()
    assert told(append) == [("note", "{}"), ("progress", '{"done":3}')]
    assert append is not None
    assert append.progress == '{"done":3}'


async def test_progress_of_each_step_is_its_own(emitter: Emitter, log: FakeLog) -> None:
    emitter.emit("progress", {"done": 1}, step="a")
    emitter.emit("progress", {"done": 2}, step="b")
    emitter.emit("progress", {"done": 3}, step="a")
    assert told(log.take()) == [("progress", '{"done":2}'), ("progress", '{"done":3}')]


async def test_progress_of_another_flush_is_another_event(emitter: Emitter, log: FakeLog) -> None:
    emitter.emit("progress", {"done": 1})
    log.take()
    await log.commit()
    emitter.emit("progress", {"done": 2})
    assert told(log.take()) == [("progress", '{"done":2}')]


async def test_progress_that_is_replaced_takes_no_room(emitter: Emitter, log: FakeLog) -> None:
    message = "x" * 60_000
    for done in range(2 * MAX_PENDING_BYTES // 60_000):
        emitter.emit("progress", {"done": done, "message": message})
        emitter.emit("progress", {"done": done, "message": message}, step="other")
    assert len(told(log.take())) == 2


async def test_output_of_one_stream_is_one_event(emitter: Emitter, log: FakeLog) -> None:
    emitter.output("stdout", "a", None)
    emitter.output("stderr", "e", None)
    emitter.output("stdout", "b", None)
    assert told(log.take()) == [
        ("output", '{"stream":"stdout","text":"ab"}'),
        ("output", '{"stream":"stderr","text":"e"}'),
    ]


async def test_long_output_is_cut_into_events_that_may_be_sent(
    emitter: Emitter, log: FakeLog
) -> None:
    text = "ä\n" * 50_000
    emitter.output("stdout", text, None)
    pieces = [data for _, data in told(log.take())]
    assert max(len(piece.encode()) for piece in pieces) <= 64 * 1024
    assert "".join(piece.split('"')[-2] for piece in pieces).replace("\\n", "\n") == text


@pytest.mark.parametrize("text", ["a\0b", "\ud800"])
async def test_what_json_cannot_hold_is_refused_where_it_is_said(
    emitter: Emitter, log: FakeLog, text: str
) -> None:
    with pytest.raises(InvalidDocument):
        emitter.emit("a", {"text": text})
    with pytest.raises(InvalidDocument):
        emitter.output("stdout", text, None)
    assert log.sources == []


async def test_an_event_over_64_kib_is_refused_by_its_bytes(emitter: Emitter) -> None:
    emitter.emit("a", {"text": "x" * 65_000})
    with pytest.raises(ValueError, match="64 KiB"):
        emitter.emit("a", {"text": "ä" * 33_000})


def fill(emitter: Emitter) -> None:
    """Say more than 8 MiB."""
    for _ in range(MAX_PENDING_BYTES // len(BIG) + 1):
        emitter.emit("big", {"text": BIG})


async def test_async_code_past_8_mib_is_told_and_may_go_on_later(
    emitter: Emitter, log: FakeLog
) -> None:
    fill(emitter)
    with pytest.raises(EmitOverflow):
        emitter.emit("a", {})
    log.take()
    await log.commit()
    await emitter.wait_for_room()
    emitter.emit("a", {})


async def test_an_awaited_call_waits_for_room(emitter: Emitter, log: FakeLog) -> None:
    fill(emitter)
    waiting = asyncio.create_task(emitter.wait_for_room())
    await asyncio.sleep(0)
    log.take()
    assert not waiting.done()
    await log.commit()
    await waiting


async def test_waiting_for_room_lets_the_loop_turn(emitter: Emitter, log: FakeLog) -> None:
    fill(emitter)
    log.take()
    await log.commit()
    # The callback that counts off stands in line behind this very task.
    async with asyncio.timeout(5):
        await emitter.wait_for_room()


async def test_a_thread_is_slowed_past_8_mib(emitter: Emitter, log: FakeLog) -> None:
    filled = threading.Event()

    def work() -> None:
        fill(emitter)
        filled.set()
        emitter.emit("after", {})

    thread = asyncio.create_task(asyncio.to_thread(work))
    await asyncio.to_thread(filled.wait, 20)
    log.take()
    assert not thread.done()
    await log.commit()
    await thread
    await log.enlisted.wait()
    assert told(log.take()) == [("after", "{}")]


async def test_a_thread_that_waits_for_room_hears_of_the_end(emitter: Emitter) -> None:
    filled = threading.Event()

    def work() -> None:
        fill(emitter)
        filled.set()
        emitter.emit("after", {})

    thread = asyncio.create_task(asyncio.to_thread(work))
    await asyncio.to_thread(filled.wait, 20)
    emitter.close()
    with pytest.raises(RunClosed):
        await thread


async def test_a_flush_returns_when_what_was_said_is_committed(
    emitter: Emitter, log: FakeLog
) -> None:
    await emitter.flush()
    emitter.emit("a", {})
    before = asyncio.create_task(emitter.flush())
    log.take()
    after = asyncio.create_task(emitter.flush())
    await asyncio.sleep(0)
    assert not before.done()
    assert not after.done()
    await log.commit()
    await before
    await after
    await emitter.flush()


async def test_a_flush_does_not_wait_for_what_is_said_later(emitter: Emitter, log: FakeLog) -> None:
    emitter.emit("a", {})
    log.take()
    flush = asyncio.create_task(emitter.flush())
    await asyncio.sleep(0)
    emitter.emit("b", {})
    await log.commit()
    await flush


async def test_a_cancelled_flush_cancels_nobody_elses(emitter: Emitter, log: FakeLog) -> None:
    emitter.emit("a", {})
    gone, stays = asyncio.create_task(emitter.flush()), asyncio.create_task(emitter.flush())
    await asyncio.sleep(0)
    gone.cancel()
    log.take()
    await log.commit()
    await stays


@pytest.mark.parametrize(
    "error", [ClaimLost(), Restarting(), sqlite3.OperationalError("disk full")]
)
async def test_a_refused_write_closes_the_run_and_is_known(
    emitter: Emitter, log: FakeLog, error: Exception
) -> None:
    emitter.emit("a", {})
    flush = asyncio.create_task(emitter.flush())
    await asyncio.sleep(0)
    log.take()
    log.fail(error)
    with pytest.raises(type(error)):
        await flush
    assert emitter.failure is error
    with pytest.raises(RunClosed) as closed:
        emitter.emit("b", {})
    assert closed.value.__cause__ is error


async def test_a_flush_that_would_wait_for_the_caller_is_refused(
    emitter: Emitter, log: FakeLog
) -> None:
    emitter.emit("a", {})
    log.in_a_transaction = True
    with pytest.raises(RuntimeError, match="commit"):
        await emitter.flush()


async def test_settling_waits_for_what_the_log_has_taken_and_raises_nothing(
    emitter: Emitter, log: FakeLog
) -> None:
    emitter.emit("a", {})
    log.take()
    settling = asyncio.create_task(emitter.settle())
    await asyncio.sleep(0)
    assert not settling.done()
    log.fail(ClaimLost())
    await settling
    assert isinstance(emitter.failure, ClaimLost)


async def test_a_closed_run_hears_nothing_and_hangs_nobody(emitter: Emitter, log: FakeLog) -> None:
    emitter.emit("a", {})
    flush = asyncio.create_task(emitter.flush())
    await asyncio.sleep(0)
    emitter.close()
    emitter.close()
    with pytest.raises(RunClosed):
        await flush
    with pytest.raises(RunClosed):
        emitter.emit("b", {})
    with pytest.raises(RunClosed):
        emitter.output("stdout", "x", None)
    with pytest.raises(RunClosed):
        emitter.add(StepResult("k", "1", "d", emitter.now()))
    with pytest.raises(RunClosed):
        await emitter.flush()
    assert emitter.closed
    assert log.take() is None


async def test_the_last_word_carries_what_was_pending_and_closes(
    emitter: Emitter, log: FakeLog
) -> None:
    emitter.emit("a", {})
    emitter.emit("progress", {"done": 1})
    unit = emitter.last_word(Finish(EXECUTION, 3, state=State.SUCCEEDED, result="1"))
    assert [e.kind for e in unit.events if isinstance(e, NewEvent)] == ["a", "progress"]
    assert unit.progress == '{"done":1}'
    assert emitter.closed
    assert log.take() is None


async def test_a_step_result_stands_in_its_place(emitter: Emitter, log: FakeLog) -> None:
    emitter.emit("a", {})
    result = StepResult("fit", "1", "d", emitter.now())
    emitter.add(result)
    emitter.emit("b", {})
    append = log.take()
    assert append is not None
    assert append.events[1] is result


async def test_settling_waits_for_what_is_taken_meanwhile(emitter: Emitter, log: FakeLog) -> None:
    emitter.emit("a", {})
    log.take()
    emitter.emit("b", {})
    settling = asyncio.create_task(emitter.settle())
    await asyncio.sleep(0)
    await log.commit()
    assert told(log.take()) == [("b", "{}")]
    await asyncio.sleep(0)
    assert not settling.done()
    log.fail(ClaimLost())
    await settling
    assert isinstance(emitter.failure, ClaimLost)


async def test_a_settling_run_hears_nothing_more_and_keeps_what_is_pending(
    emitter: Emitter, log: FakeLog
) -> None:
    emitter.emit("a", {})
    await emitter.settle()
    with pytest.raises(RunClosed):
        emitter.emit("b", {})
    unit = emitter.last_word(Finish(EXECUTION, 3, state=State.SUCCEEDED, result="1"))
    assert [e.kind for e in unit.events if isinstance(e, NewEvent)] == ["a"]


def parking(**changes: Any) -> Park:
    """Return a unit of the emitter's own."""
    return Park(
        EXECUTION, 3, inbox=2, waiting_for=({"key": "sleep"},), wake_at=None, ran=1.0, **changes
    )


async def test_writes_of_a_claim_are_numbered_and_one_after_the_other(
    emitter: Emitter, log: FakeLog
) -> None:
    emitter.emit("a", {})
    first = log.take()
    emitter.emit("b", {})
    assert log.take() is None
    enlisted = len(log.sources)
    await log.commit()
    assert len(log.sources) == enlisted + 1
    second = log.take()
    assert first is not None
    assert second is not None
    assert (first.write_no, second.write_no) == (1, 2)
    await log.commit()
    assert emitter.last_word(Finish(EXECUTION, 3, state=State.SUCCEEDED)).write_no == 3


async def test_after_a_write_of_unknown_fate_the_last_word_has_no_number(
    emitter: Emitter, log: FakeLog
) -> None:
    emitter.emit("a", {})
    log.take()
    log.fail(sqlite3.OperationalError("disk full"))
    await emitter.settle()
    assert emitter.last_word(Finish(EXECUTION, 3, state=State.FAILED)).write_no == 0


async def test_a_unit_of_its_own_carries_what_was_said_before_and_returns_its_outcome(
    emitter: Emitter, log: FakeLog
) -> None:
    emitter.emit("a", {})
    writing = asyncio.create_task(emitter.write(parking()))
    flushing = asyncio.create_task(emitter.flush())
    await asyncio.sleep(0)
    unit = log.take_any()
    assert isinstance(unit, Park)
    assert [e.kind for e in unit.events if isinstance(e, NewEvent)] == ["a"]
    assert (unit.inbox, unit.write_no) == (2, 1)
    await log.commit(outcome=True)
    assert await writing is True
    await flushing


async def test_a_run_that_goes_on_before_the_log_takes_its_parking_is_not_parked(
    emitter: Emitter, log: FakeLog
) -> None:
    emitter.emit("before", {})
    parking_it = asyncio.create_task(emitter.write(parking()))
    await asyncio.sleep(0)
    emitter.add(StepResult("sleep", "null", "d", emitter.now(), of="timer"))
    emitter.emit("behind", {})
    unit = log.take()
    assert not isinstance(unit, Park)
    assert unit is not None
    assert len(unit.events) == 3
    await log.commit()
    assert await parking_it is None


async def test_units_of_their_own_wait_for_each_other(emitter: Emitter, log: FakeLog) -> None:
    writing = [asyncio.create_task(emitter.write(parking())) for _ in range(2)]
    for number in (1, 2):
        await log.enlisted.wait()
        log.enlisted.clear()
        assert log.take_any().write_no == number
        await log.commit(outcome=number)
        await asyncio.sleep(0)
    assert [await each for each in writing] == [1, 2]


async def test_a_unit_that_nobody_waits_for_any_more_is_not_written(
    emitter: Emitter, log: FakeLog
) -> None:
    writing = asyncio.create_task(emitter.write(parking()))
    await asyncio.sleep(0)
    writing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await writing
    assert log.take_any() is None


async def test_a_closed_run_writes_no_unit_of_its_own(emitter: Emitter, log: FakeLog) -> None:
    writing = asyncio.create_task(emitter.write(parking()))
    await asyncio.sleep(0)
    emitter.close()
    with pytest.raises(RunClosed):
        await writing
    with pytest.raises(RunClosed):
        await emitter.write(parking())
    assert log.take_any() is None


async def test_what_durable_calls_say_takes_room_and_stands_in_its_place(
    emitter: Emitter, log: FakeLog
) -> None:
    question = OpenQuestion("q1", '{"id":"q1"}', emitter.now())
    emitter.add(question)
    emitter.emit("a", {})
    append = log.take()
    assert append is not None
    assert append.events[0] is question


async def test_what_was_not_said_for_want_of_room_does_not_keep_the_run_from_being_parked(
    emitter: Emitter, log: FakeLog
) -> None:
    while emitter._size <= MAX_PENDING_BYTES:
        emitter.emit("noise", {"text": BIG})
    assert log.take() is not None
    unit = Park(EXECUTION, 1, inbox=0, waiting_for=(), wake_at=None, ran=0.0)
    parked = asyncio.create_task(emitter.write(unit))
    await asyncio.sleep(0)
    with pytest.raises(EmitOverflow):
        emitter.emit("noise", {"text": BIG})
    await log.commit()
    assert isinstance(log.take_any(), Park)
    await log.commit(True)
    assert await parked
