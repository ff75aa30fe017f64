"""What a handler holds: the run, through which it says what happens and calls what is durable."""

from collections.abc import Callable, Coroutine, Iterable, Iterator, Sized
from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import UUID

from pydantic_core import to_jsonable_python

from runcast.services.signals import is_name
from runcast.workers import children, questions, signals, timers
from runcast.workers.children import Child, Parent
from runcast.workers.durable_waits import DurableWaits
from runcast.workers.questions import Form, Question
from runcast.workers.steps import Call, RunCancelled, Steps, current_step

T = TypeVar("T")
OWN_KINDS = frozenset({"progress", "log", "output", "metric", "question", "answer", "signal"})


@dataclass(frozen=True, slots=True)
class RunUser:
    """Whose execution it is."""

    id: UUID
    email: str
    name: str


@dataclass(frozen=True, slots=True)
class RunItem:
    """The item that was started, as it was when this attempt began."""

    id: UUID
    name: str
    metadata: dict[str, Any]


class Run:
    """One attempt at one execution.

    Emitting is a plain call, from async code, steps and threads alike; waiting is awaited.

    Attributes:
        execution_id: the execution's id.
        attempt: 1 for the first try, rising with each retry and each takeover.
        input: the input as JSON values, before the handler's model.
        item: the item that was started, or None.
        user: who started it.
        team_id: the team whose execution it is; None where it is its user's own.
        cancel_requested: whether somebody asked for it to end.
    """

    def __init__(
        self,
        *,
        execution_id: UUID,
        attempt: int,
        input: Any,  # noqa: A002 - the contract's word
        item: RunItem | None,
        user: RunUser,
        durable: DurableWaits,
        parent: Parent,
    ) -> None:
        self.execution_id = execution_id
        self.attempt = attempt
        self.input = input
        self.item = item
        self.user = user
        self.team_id = parent.team_id
        self.cancel_requested = False
        self._durable = durable
        self._parent = parent
        self._emitter = durable.emitter
        self._journal = durable.journal
        self._steps = Steps(durable.emitter, durable.journal, durable.waits)

    def log(self, message: object, *args: object, level: str = "info", **fields: Any) -> None:
        """Emit a log line; `args` fill the message's % marks as in the standard library's logging."""
        text = str(message) % args if args else str(message)
        self._say("log", {"level": level, "message": text, "fields": fields})

    def progress(self, done: float, total: float | None = None, message: str | None = None) -> None:
        """Emit how far the work is; what comes within one flush is one event, the latest."""
        self._say("progress", {"done": done, "total": total, "message": message})

    def track(self, iterable: Iterable[T], total: int | None = None) -> Iterator[T]:
        """Yield from the iterable, emitting progress after each; `total` is its length by default."""
        if total is None and isinstance(iterable, Sized):
            total = len(iterable)
        done = 0
        for done, each in enumerate(iterable, start=1):
            yield each
            self.progress(done, total)
        if done == 0:
            self.progress(0, total)

    def output(self, text: str, stream: str = "stdout") -> None:
        """Emit text of a stream; the pieces of one flush are joined."""
        if self._heard:
            self._emitter.output(stream, text, current_step.get())

    def metric(self, **values: float) -> None:
        """Emit numbers for a live chart; those of other libraries become Python's own."""
        self._say("metric", {"values": {name: _number(value) for name, value in values.items()}})

    def emit(self, kind: str, **data: Any) -> None:
        """Emit an event of one's own kind.

        Raises:
            ValueError: the kind has a dot or is one of Runcast's own, or the data are over 64 KiB.
            strict_json.InvalidDocument: the data are no JSON that can be kept.
        """
        if not _own(kind):
            raise ValueError(f"{kind!r} cannot be a handler's own kind")
        self._say(kind, data)

    async def flush(self) -> None:
        """Return when all that was emitted is committed."""
        async with self._durable.waits.at_work():
            await self._emitter.flush()

    def step(
        self,
        function: Callable[..., Any],
        *args: Any,
        name: str | None = None,
        retries: int = 0,
        timeout: float | None = None,
    ) -> Coroutine[Any, Any, Any]:
        """Call a function once for this execution, whatever crashes; await its result.

        The result passes through JSON and the function's return annotation. A plain function runs in
        a thread. If the process dies between the function's effect and the commit of its result, it
        is called again: make effects outside repeatable, for instance by `run.execution_id` and the
        step's name as an idempotency key.

        Args:
            name: tells calls of one function apart that run side by side outside a single `gather`.
            retries: how often to try again after an exception, waiting 1 s, 2 s, 4 s, …
            timeout: seconds for one try.

        Raises:
            StepFailed: when awaited: it failed, after its retries.
            RuntimeError: a write transaction of the handler's own is open; commit it first.
        """
        if self._emitter.in_loop():
            self._emitter.check_may_wait()
        called = name or str(getattr(function, "__name__", type(function).__name__))
        call = Call(self._journal.key(called), called, function, args, retries, timeout)
        return self._steps.run(call)

    def ask(
        self,
        prompt: str,
        type_or_schema: Any = None,
        timeout: float | None = None,
        name: str | None = None,
    ) -> Coroutine[Any, Any, Any]:
        """Ask people, and await the answer: the first that fits.

        Args:
            type_or_schema: a type that Pydantic understands, a JSON Schema as a dict, or a list or
                tuple of choices; None takes any JSON value.
            timeout: seconds after which nobody can answer any more.
            name: the question's id; its repeats are `name.2`, `name.3`, …; without one they are
                `q1`, `q2`, … in order of call.

        Raises:
            TimeoutError: when awaited: nobody answered in time.
            InvalidAnswer: when awaited: a validator of the type's own refuses the answer.
            ValueError: there is no such schema, nothing to choose from, or the name cannot be an id.
            RuntimeError: called in a step or in a plain function, or with a write transaction open.
        """
        self._check_may_wait("ask")
        if name is not None:
            _check_name(name)
        form = Form.of(type_or_schema)
        question = Question(self._journal.question_id(name), str(prompt), form)
        return questions.ask(self._durable, question, timeout)

    def receive(self, name: str, timeout: float | None = None) -> Coroutine[Any, Any, Any]:
        """Await the next signal of a name, and return its data; those that came early are kept.

        Raises:
            TimeoutError: when awaited: none came within so many seconds.
            ValueError: no signal can have this name.
            RuntimeError: as `ask`.
        """
        self._check_may_wait("receive")
        _check_name(name)
        key = self._journal.key(signals.call_name(name))
        return signals.receive(self._durable, key, name, timeout)

    def sleep(self, seconds: float) -> Coroutine[Any, Any, None]:
        """Await a moment in so many seconds; running again from the top begins no new sleep.

        Raises:
            RuntimeError: as `ask`.
        """
        self._check_may_wait("sleep")
        return timers.sleep(self._durable, self._journal.key("sleep"), seconds)

    def start(
        self,
        handler: str,
        input: Any = None,  # noqa: A002 - the contract's word
        name: str | None = None,
    ) -> Coroutine[Any, Any, Child]:
        """Start a handler by its name, as an execution of the same user and team; await it to know it by.

        Args:
            input: JSON, or what Pydantic makes JSON of; `{}` if there is none.
            name: tells calls apart that run side by side outside a single `gather`.

        Raises:
            UnknownHandler, InvalidInput, TooLarge: when awaited: nothing was started.
            RuntimeError: as `ask`.
        """
        self._check_may_wait("start")
        given = to_jsonable_python({} if input is None else input)
        key = self._journal.key(name or handler)
        return children.start(self._durable, self._parent, key, handler, given)

    def wait(self, child: Child, timeout: float | None = None) -> Coroutine[Any, Any, Any]:
        """Await the end of a child, and return its result.

        Raises:
            ChildFailed: when awaited: it has failed or was cancelled.
            TimeoutError: when awaited: it did not end within so many seconds; it goes on.
            RuntimeError: as `ask`.
        """
        self._check_may_wait("wait")
        key = self._journal.key(child.call_name)
        return children.wait(self._durable, key, child, timeout)

    def cancelled(self, reason: str | None = None) -> RunCancelled:
        """Return the exception that ends this execution as cancelled; raise it."""
        return RunCancelled(reason)

    def _check_may_wait(self, verb: str) -> None:
        if not self._emitter.in_loop():
            raise RuntimeError(
                f"run.{verb}() is awaited in async code; a plain function cannot wait"
            )
        self._emitter.check_may_wait()
        if current_step.get() is not None:
            raise RuntimeError(f"run.{verb}() belongs to the handler; a step cannot wait")

    @property
    def _heard(self) -> bool:
        # What a step emits is never in the log already: a finished step is not run again.
        return not self._journal.muted or current_step.get() is not None

    def _say(self, kind: str, data: dict[str, Any]) -> None:
        if self._heard:
            self._emitter.emit(kind, data, current_step.get())


def _check_name(name: str) -> None:
    if not is_name(name):
        raise ValueError(f"{name!r} cannot name a question or a signal")


def _number(value: float) -> float:
    return value if type(value) is int else float(value)


def _own(kind: str) -> bool:
    return kind not in OWN_KINDS and is_name(kind)
