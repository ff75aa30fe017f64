"""Whether events have the shapes that OpenAPI tells of, so that what is generated from it cannot drift."""

from collections.abc import Iterable, Mapping
from typing import Any

from runcast.schemas.event_data import DATA
from runcast.schemas.events import ExecutionEvent
from runcast.schemas.frames import KNOWN_EVENT


def check_shapes(events: Iterable[Mapping[str, Any]]) -> None:
    """Raise ValidationError for an event that says less, or more, than its kind does.

    A handler's own kinds have no dot, and whatever data it likes.
    """
    for event in events:
        known = event["kind"] in DATA or "." in event["kind"]
        check = KNOWN_EVENT.validate_python if known else ExecutionEvent.model_validate
        check(event, extra="forbid")
