"""What the end of an attempt comes to: the unit that says so, and why a handler is stopped."""

import random
from dataclasses import dataclass, field
from datetime import timedelta
from enum import Enum, auto
from typing import Any

import orjson

from runcast.clock import Clock
from runcast.lifecycle import State, backoff_seconds
from runcast.services.event_log.units import Claimed, Finish, Requeue
from runcast.workers.handlers import Handler
from runcast.workers.journal import Journal
from runcast.workers.steps import InvalidResult, as_json, plain


class Interruption(Enum):
    """Why a handler is being stopped from outside."""

    CANCEL = auto()
    """Somebody asked for it to end."""
    HAND_BACK = auto()
    """The process is stopping."""
    LOST = auto()
    """The claim is gone."""


@dataclass(slots=True)
class Endings:
    """The last words that the holder of a claim may have; None where somebody else has the last word."""

    claimed: Claimed
    handler: Handler
    clock: Clock
    retries: int = 0
    journal: Journal = field(default_factory=Journal)

    def succeeded(self, result: Any) -> Finish:
        """Return what a result leads to."""
        journal = self.journal
        if journal.changed is not None:
            return self.failed_with("handler_changed", str(journal.changed))
        if journal.muted:
            kept = ", ".join(sorted(journal.unasked))
            return self.failed_with(
                "handler_changed", f"the log holds {kept}; the code ended without asking for it"
            )
        try:
            text = as_json(result, self.handler.result_type)
        except InvalidResult as error:
            return self.failed_with("invalid_result", str(error))
        return self._finish(State.SUCCEEDED, result=text)

    def cancelled(self, reason: object) -> Finish:
        """Return what a handler that ends itself as cancelled leads to, whatever it gives as its reason."""
        said = None if reason is None else plain(str(reason))
        return self._finish(State.CANCELLED, reason=said)

    def failed(self, said: dict[str, str], why: Interruption | None) -> Finish | Requeue | None:
        """Return what a failure leads to: another try, or the end."""
        if why is not None:
            # Being stopped is why it raised.
            return self.interrupted(why)
        if self.journal.changed is not None:
            return self.failed_with("handler_changed", str(self.journal.changed))
        if self.retries >= self.handler.retries:
            return self.failed_with(said["code"], said["message"])
        pause = backoff_seconds(self.retries + 1, random.random())  # noqa: S311 - jitter
        return Requeue(
            self.claimed.execution_id,
            self.claimed.claim,
            error=orjson.dumps(said).decode(),
            next_at=self.clock.now() + timedelta(seconds=pause),
        )

    def interrupted(self, why: Interruption | None) -> Finish | Requeue | None:
        """Return what being stopped leads to."""
        match why:
            case Interruption.LOST:
                return None
            case Interruption.CANCEL:
                return self._finish(State.CANCELLED)
            case Interruption.HAND_BACK:
                return Requeue(self.claimed.execution_id, self.claimed.claim)
            case _:
                # The handler cancelled its own task; nobody asked for that from outside.
                return self.failed_with("cancelled_itself", "the handler cancelled its own task")

    def failed_with(self, code: str, message: str) -> Finish:
        """Return the end as failed, without another try."""
        error = orjson.dumps({"code": code, "message": plain(message)}).decode()
        return self._finish(State.FAILED, error=error)

    def _finish(self, state: State, **what: str | None) -> Finish:
        return Finish(self.claimed.execution_id, self.claimed.claim, state=state, **what)  # type: ignore[arg-type]  # only texts that it takes
