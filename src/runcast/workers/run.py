"""What a handler holds: the run, through which it says what happens and calls what is durable."""

from collections.abc import Callable, Coroutine, Iterable, Iterator, Sized
from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import UUID

from runcast.workers.emitter import Emitter
from runcast.workers.journal import Journal
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
        user: whose execution it is.
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
        emitter: Emitter,
        journal: Journal,
    ) -> None:
        self.execution_id = execution_id
        self.attempt = attempt
        self.input = input
        self.item = item
        self.user = user
        self.cancel_requested = False
        self._emitter = emitter
        self._journal = journal
        self._steps = Steps(emitter, journal)

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
        self._emitter.check_may_wait()
        called = name or str(getattr(function, "__name__", type(function).__name__))
        call = Call(self._journal.key(called), called, function, args, retries, timeout)
        return self._steps.run(call)

    def cancelled(self, reason: str | None = None) -> RunCancelled:
        """Return the exception that ends this execution as cancelled; raise it."""
        return RunCancelled(reason)

    @property
    def _heard(self) -> bool:
        # What a step emits is never in the log already: a finished step is not run again.
        return not self._journal.muted or current_step.get() is not None

    def _say(self, kind: str, data: dict[str, Any]) -> None:
        if self._heard:
            self._emitter.emit(kind, data, current_step.get())


def _number(value: float) -> float:
    return value if type(value) is int else float(value)


def _own(kind: str) -> bool:
    return (
        kind not in OWN_KINDS
        and 0 < len(kind) <= 100
        and kind.replace("-", "_").replace(":", "_").isidentifier()
    )
