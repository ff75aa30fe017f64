"""What a unit is: a pure change of one execution's row and log, and the id that makes a repeat known."""

from dataclasses import dataclass
from typing import Any, Protocol
from uuid import UUID

import orjson

from runcast.errors import ClaimLost, Unprocessable
from runcast.lifecycle import State
from runcast.services.event_log.row import Draft, Row


@dataclass(frozen=True, slots=True)
class CommandKey:
    """An id that a person chose for what they send. `digest` tells a repeat from another request."""

    scope: str
    key: str
    digest: bytes

    def earlier(self, digest: bytes, outcome: str) -> Any:
        """Return the outcome that is kept under this id, given the row that keeps it.

        Raises:
            Unprocessable: it is that of another request.
        """
        if digest != self.digest:
            raise Unprocessable(
                "this id (the Idempotency-Key) was used before, for another request"
            )
        return orjson.loads(outcome)


class Unit(Protocol):
    """A change of one execution that exists."""

    @property
    def execution_id(self) -> UUID:
        """The execution that it changes."""
        ...

    @property
    def command(self) -> CommandKey | None:
        """What makes a repeat of it known, if people sent it."""
        ...

    def apply(self, draft: Draft) -> Any:
        """Extend the draft and return the outcome, a JSON value if there is a command.

        Raises:
            runcast.errors.RuncastError: refused; the draft is as it was.
        """
        ...


def is_to_be_written(row: Row, claim: int, write_no: int) -> bool:
    """Tell whether this write of a claim is the next one; False if it had been committed before.

    `write_no` 0 is not counted.

    Raises:
        ClaimLost: the claim is not, or no longer, the live one.
    """
    if row.claim == claim and write_no and row.write_no == write_no:
        return False
    follows = not write_no or write_no == row.write_no + 1
    if row.claim != claim or row.state is not State.RUNNING or not follows:
        raise ClaimLost(f"claim {claim} of {row.id} is no longer the live one")
    row.write_no = write_no or row.write_no
    return True
