"""How a wait stands in the log: that it has begun, that it came, that its time was up."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NoReturn

from runcast.clock import Clock, rfc3339
from runcast.services.event_log.units import StepResult
from runcast.workers.emitter import Emitter
from runcast.workers.journal import Held, Journal
from runcast.workers.waits import Of, Wait, Waits


@dataclass(frozen=True, slots=True)
class DurableWaits:
    """What the waiting calls of a run share."""

    emitter: Emitter
    journal: Journal
    waits: Waits
    clock: Clock

    async def begin(
        self, key: str, of: Of, name: str, digest: str, seconds: float | None
    ) -> datetime | None:
        """Return when the wait ends, committed before it begins; None if it has no end."""
        begun = self.journal.begun.get(key)
        if begun is not None and begun.until is not None:
            return datetime.fromisoformat(begun.until)
        if seconds is None:
            return None
        until = self.end_of(seconds)
        async with self.waits.at_work():
            said = {"key": key, "name": name, "of": of, "until": rfc3339(until), "digest": digest}
            self.emitter.emit("step.started", said)
            await self.emitter.flush()
        return until

    def end_of(self, seconds: float) -> datetime:
        """Return the moment in so many seconds.

        Raises:
            ValueError: that is no moment that a calendar has.
        """
        try:
            return self.clock.now() + timedelta(seconds=max(seconds, 0.0))
        except OverflowError:
            raise ValueError(f"{seconds} seconds are more than a calendar has") from None

    async def came(self, wait: Wait) -> bool:
        """Wait; tell whether it came in time, the mail read to the last before it is given up."""
        if await self.waits.wait(wait):
            return True
        await self.waits.look()
        return wait.has_come()

    def succeeded(self, wait: Wait, digest: str, result: str) -> None:
        """Say what came, as JSON text. Nothing needs to wait for that: it would come again."""
        now = self.emitter.now()
        self.emitter.add(StepResult(wait.key, result, digest, now, of=wait.of))

    def failed(self, wait: Wait, digest: str, error: dict[str, Any]) -> None:
        """Say that it came to no good end."""
        self.emitter.emit("step.failed", failure(wait, error, digest))

    async def time_is_up(self, wait: Wait, digest: str) -> NoReturn:
        """Raise once it is committed that nothing came in time, so that nothing can come any more.

        Raises:
            TimeoutError: always.
        """
        error = late(wait)
        async with self.waits.at_work():
            self.failed(wait, digest, error)
            await self.emitter.flush()
        raise TimeoutError(error["message"])


def late(wait: Wait) -> dict[str, str]:
    """Return the error that says that nothing came in time."""
    return {"code": "timeout", "message": f"no {wait.of} {wait.target} in time"}


def failure(wait: Wait, error: dict[str, Any], digest: str | None = None) -> dict[str, Any]:
    """Return the data of the event that says that a wait came to no good end."""
    data = {"key": wait.key, "error": error, "will_retry": False, "of": wait.of}
    return data if digest is None else {**data, "digest": digest}


def raise_timeout(held: Held) -> None:
    """Raise the timeout of the wait itself, if that is what the log holds.

    Raises:
        TimeoutError: nothing came in time.
    """
    if held.error is not None and "execution_id" not in held.error:
        raise TimeoutError(held.error["message"])
