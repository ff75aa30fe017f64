"""What one run has to say, gathered until the log takes it: from the loop or from any thread.

Between two flushes the output of one stream becomes one event and progress keeps its latest value. At
most 8 MiB may be pending: threads are slowed there, and async code is told. All writes of the claim
go through here, numbered, one after the other.
"""

import asyncio
import threading
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from runcast import strict_json
from runcast.clock import Clock, rfc3339
from runcast.services.event_log import Entry, EventLog, NewEvent
from runcast.services.event_log.units import (
    Append,
    ExpireQuestion,
    Finish,
    OpenQuestion,
    Park,
    Requeue,
    Said,
    StartChild,
    StepResult,
)

MAX_PENDING_BYTES = 8 * 2**20
MAX_EVENT_BYTES = 64 * 1024
# JSON may need six bytes for a character.
MAX_OUTPUT_CHARACTERS = MAX_EVENT_BYTES // 8


class EmitOverflow(RuntimeError):
    """Async code emitted past 8 MiB without awaiting anything; await `run.flush()` now and then."""


class RunClosed(RuntimeError):
    """The run has ended, lost its claim or could not be written; nobody hears it any more."""


@dataclass(slots=True)
class Output:
    """Text of one stream that is being gathered."""

    stream: str
    step: str | None
    at: str
    parts: list[str] = field(default_factory=list)
    size: int = 0

    def event(self) -> NewEvent:
        """Return the event that says all of it."""
        data = strict_json.dumps({"stream": self.stream, "text": "".join(self.parts)}).decode()
        return NewEvent("output", data, self.at, self.step)


Durable = StepResult | OpenQuestion | ExpireQuestion
Pending = Said | Output


class Emitter:
    """A source of the event log. `flush` waits until all that was said is committed."""

    def __init__(self, log: EventLog, clock: Clock, execution_id: UUID, claim: int) -> None:
        self._log = log
        self._clock = clock
        self._execution_id = execution_id
        self._claim = claim
        self._loop = asyncio.get_running_loop()
        self._loop_thread = threading.get_ident()
        self._lock = threading.Lock()
        # Where threads wait for room; made when the first of them has to.
        self._room: threading.Condition | None = None
        # None stands where a progress was that a later one replaced.
        self._pending: list[Pending | None] = []
        self._outputs: dict[tuple[str, str | None], Output] = {}
        self._told: dict[str | None, int] = {}
        self._progress: str | None = None
        self._gathered = 0
        self._size = 0
        self._closed = False
        self._failure: BaseException | None = None
        self._next: asyncio.Future[Any] = self._loop.create_future()
        self._last: asyncio.Future[Any] | None = None
        self._in_flight = False
        self._write_no = 0
        # What the next write is, if it is more than an Append; one at a time.
        self._own: Park | StartChild | None = None
        self._own_turn = asyncio.Lock()
        # Whether something was said since that was asked for.
        self._goes_on = False

    @property
    def closed(self) -> bool:
        """Whether nothing can be said any more."""
        return self._closed

    @property
    def failure(self) -> BaseException | None:
        """Why something that was said was not written: ClaimLost, or what the database raised."""
        return self._failure

    def now(self) -> str:
        """Return the emitter's clock, RFC 3339."""
        return rfc3339(self._clock.now())

    def emit(self, kind: str, data: dict[str, Any], step: str | None = None) -> None:
        """Add an event. From a thread this waits while 8 MiB are pending.

        Raises:
            strict_json.InvalidDocument: the data are no JSON that can be kept.
            ValueError: they are over 64 KiB.
            EmitOverflow: async code, and 8 MiB are pending.
            RunClosed: nobody hears it any more.
        """
        text = strict_json.dumps(data)
        if len(text) > MAX_EVENT_BYTES:
            raise ValueError(f"an event carries at most {MAX_EVENT_BYTES // 1024} KiB")
        event = NewEvent(kind, text.decode(), self.now(), step)
        with self._lock:
            self._make_room(len(event.data))
            if kind == "progress":
                self._replace_progress(event)
            self._pending.append(event)
        self._enlist()

    def output(self, stream: str, text: str, step: str | None) -> None:
        """Add text to a stream; what comes within one flush is one event, up to 64 KiB.

        Raises:
            As `emit`.
        """
        strict_json.check(text)
        for start in range(0, len(text), MAX_OUTPUT_CHARACTERS):
            part = text[start : start + MAX_OUTPUT_CHARACTERS]
            with self._lock:
                self._make_room(len(part))
                self._gather(stream, part, step)
            self._enlist()

    def check_may_wait(self) -> None:
        """Refuse a wait for the log that would wait for the caller; see `EventLog`."""
        self._log.check_may_wait()

    def add(self, said: Durable) -> None:
        """Add what a durable call has to say, of which the caller has seen to the size."""
        size = len(said.result if isinstance(said, StepResult) else said.data)
        with self._lock:
            self._check_open()
            self._size += size
            self._gathered += size
            self._pending.append(said)
            self._goes_on = True
        self._enlist()

    async def write(self, unit: Park | StartChild) -> Any:
        """Return the outcome of a unit that carries all that was said before.

        A Park is dropped, and its outcome is None, if something was said before the log took it: the
        run no longer only waits, and what is said behind a wait must not stand before the parking,
        where it would count although the run says it again.

        Raises:
            As `flush`.
        """
        self._log.check_may_wait()
        async with self._own_turn:
            self._check_open()
            self._own, self._goes_on = unit, False
            self._enlist()
            try:
                return await asyncio.shield(self._next)
            finally:
                if self._own is unit:
                    # Whoever asked for it was cancelled before it was taken.
                    self._own = None

    async def flush(self) -> None:
        """Return when all that was said before is committed.

        Raises:
            RunClosed: nobody hears it any more.
            ClaimLost: somebody else holds the execution.
            sqlite3.Error: the database refused it.
            RuntimeError: the caller holds a write transaction open, for which the log would wait.
        """
        self._log.check_may_wait()
        with self._lock:
            self._check_open()
            waiting = self._next if self._pending else self._last
        if waiting is not None:
            await asyncio.shield(waiting)

    async def settle(self) -> None:
        """Hear nothing more, and wait for what the log has taken; see `failure` then.

        What is pending is kept for the last word, unless the log takes it meanwhile.
        """
        with self._lock:
            # A thread that was given up may go on, and would be waited for without end.
            self._closed = True
            self._tell_of_room()
        while (last := self._last) is not None:
            await asyncio.wait({last})
            self._failure = self._failure or last.exception()
            if last is self._last:
                return

    async def wait_for_room(self) -> None:
        """Return when less than 8 MiB are pending.

        Raises:
            As `flush`.
        """
        while self._size > MAX_PENDING_BYTES:
            await self.flush()
            # What was committed is counted off by a callback that may still stand in line.
            await asyncio.sleep(0)

    def take(self) -> Entry | None:
        """Hand what is pending to the log, unless it has not settled what it took before."""
        if self._in_flight:
            return None
        own, self._own = self._own, None
        if isinstance(own, Park) and self._goes_on:
            own = None
        events, progress, size = self._drain()
        if own is None and not events:
            return None
        self._write_no += 1
        unit = replace(
            own or Append(self._execution_id, self._claim),
            events=events,
            progress=progress,
            write_no=self._write_no,
        )
        self._in_flight = True
        entry = Entry(unit, future=self._turn())
        entry.future.add_done_callback(lambda future: self._written(future, size))
        return entry

    def last_word(self, unit: Finish | Requeue) -> Finish | Requeue:
        """Return the unit with all that is pending before it, and close.

        It has no number where it is not known whether the write before it was committed.
        """
        events, progress, _ = self._drain()
        self.close()
        write_no = 0 if self._failure is not None else self._write_no + 1
        return replace(unit, events=events, progress=progress, write_no=write_no)

    def close(self) -> None:
        """Refuse whatever is said from now on, and wake all who wait for room or a flush."""
        with self._lock:
            self._closed = True
            self._own = None
            self._pending.clear()
            self._tell_of_room()
        if not self._next.done():
            self._next.set_exception(RunClosed("the run has ended or lost its claim"))
            # Nobody needs to have waited for it.
            self._next.exception()

    def _turn(self) -> "asyncio.Future[Any]":
        self._last, self._next = self._next, self._loop.create_future()
        return self._last

    def _drain(self) -> tuple[tuple[Said, ...], str | None, int]:
        with self._lock:
            pending, self._pending = self._pending, []
            progress, self._progress = self._progress, None
            size, self._gathered = self._gathered, 0
            self._outputs.clear()
            self._told.clear()
        events = tuple(e.event() if isinstance(e, Output) else e for e in pending if e is not None)
        return events, progress, size

    def _written(self, future: "asyncio.Future[Any]", size: int) -> None:
        with self._lock:
            self._size -= size
            self._tell_of_room()
        self._in_flight = False
        self._failure = self._failure or future.exception()
        if self._failure is not None:
            self.close()
        elif self._pending or self._own is not None:
            self._log.enlist(self)

    def _make_room(self, size: int) -> None:
        self._check_open()
        if self._size > MAX_PENDING_BYTES:
            if self.in_loop():
                raise EmitOverflow("8 MiB are pending; await run.flush() now and then")
            self._room = self._room or threading.Condition(self._lock)
            self._room.wait_for(lambda: self._closed or self._size <= MAX_PENDING_BYTES)
            self._check_open()
        self._goes_on = True
        self._size += size
        self._gathered += size

    def _tell_of_room(self) -> None:
        if self._room is not None:
            self._room.notify_all()

    def _check_open(self) -> None:
        if self._closed:
            raise RunClosed("the run has ended or lost its claim") from self._failure

    def _replace_progress(self, event: NewEvent) -> None:
        earlier = self._told.get(event.step)
        if earlier is not None:
            self._forget(earlier)
        self._told[event.step] = len(self._pending)
        self._progress = event.data

    def _forget(self, index: int) -> None:
        replaced = self._pending[index]
        assert isinstance(replaced, NewEvent)
        self._size -= len(replaced.data)
        self._gathered -= len(replaced.data)
        if index == len(self._pending) - 1:
            self._pending.pop()
        else:
            self._pending[index] = None

    def _gather(self, stream: str, text: str, step: str | None) -> None:
        output = self._outputs.get((stream, step))
        if output is not None and output.size + len(text) <= MAX_OUTPUT_CHARACTERS:
            output.parts.append(text)
            output.size += len(text)
        else:
            output = Output(stream, step, self.now(), [text], len(text))
            self._outputs[stream, step] = output
            self._pending.append(output)

    def _enlist(self) -> None:
        if self.in_loop():
            self._log.enlist(self)
        elif not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._log.enlist, self)

    def in_loop(self) -> bool:
        """Whether this is called on the loop, and not in a thread."""
        return threading.get_ident() == self._loop_thread
