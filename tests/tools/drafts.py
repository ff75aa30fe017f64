"""Drafts of executions that are in no database, for the pure units."""

from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson

from runcast.lifecycle import State
from runcast.services.event_log.row import Draft, Row
from runcast.services.event_log.units import Start
from tests.tools.rows import MOMENT

EXECUTION = UUID(int=1)
OWNER = UUID(int=2)


def row(**columns: Any) -> Row:
    """Return a row as it begins, but for these columns."""
    begun = Start(EXECUTION, OWNER, "work", None, "{}", MOMENT).row(MOMENT)
    return replace(begun, **columns)


def running(claim: int = 1, **columns: Any) -> Draft:
    """Return a draft of an execution that runs on this claim."""
    return Draft(
        row(**{"state": State.RUNNING, "claim": claim, "attempt": 1, "last_seq": 2, **columns}),
        MOMENT,
    )


def at(state: State, now: datetime = MOMENT, **columns: Any) -> Draft:
    """Return a draft of an execution in a state."""
    return Draft(row(state=state, **columns), now)


def last(draft: Draft) -> dict[str, Any]:
    """Return the event that was appended last, as it goes over the wire."""
    found: dict[str, Any] = orjson.loads(draft.events[-1].payload)
    return found


def kinds(draft: Draft) -> list[str]:
    """Return the kinds of what was appended."""
    return [event.kind for event in draft.events]
