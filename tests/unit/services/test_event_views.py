"""An event's wire bytes are shared by all views, unless it says who did something."""

import orjson
import pytest

from runcast.services.event_log import LoggedEvent
from runcast.services.event_views import encode


def logged(kind: str, data: dict[str, object]) -> LoggedEvent:
    """Return an event as it is kept."""
    return LoggedEvent(4, kind, orjson.dumps({"seq": 4, "kind": kind, "data": data}).decode())


@pytest.mark.parametrize("kind", ["answer", "signal", "cancel.requested", "execution.cancelled"])
def test_the_public_is_not_told_who_did_it(kind: str) -> None:
    event = encode(logged(kind, {"by": "somebody", "value": 1}))
    assert orjson.loads(event.full)["data"] == {"by": "somebody", "value": 1}
    assert orjson.loads(event.public) == orjson.loads(event.full) | {"data": {"value": 1}}


def test_what_names_nobody_is_encoded_once() -> None:
    event = encode(logged("own", {"by": "the handler's own word"}))
    assert event.public is event.full
    assert event.seq == 4


def test_an_event_without_a_name_in_it_stays_as_it_is() -> None:
    event = encode(logged("execution.cancelled", {"reason": "none"}))
    assert orjson.loads(event.public) == orjson.loads(event.full)
