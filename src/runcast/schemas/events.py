"""Pages of a log on the wire."""

from datetime import datetime
from typing import Any

from pydantic import BaseModel


class ExecutionEvent(BaseModel):
    """One entry of a log."""

    seq: int
    kind: str
    at: datetime
    attempt: int
    step: str | None
    data: dict[str, Any]


class EventsPage(BaseModel):
    """Events after a cursor. `next_after` is the cursor of the next page, whatever kinds were asked."""

    events: list[ExecutionEvent]
    oldest: int
    head: int
    next_after: int
    gap: dict[str, int] | None
