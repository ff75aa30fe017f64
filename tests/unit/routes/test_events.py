"""Which cursor a request for a log has."""

from types import SimpleNamespace
from typing import cast

import pytest

from runcast.errors import Unprocessable
from runcast.routes import events
from runcast.services.executions import ExecutionView

VIEW = cast("ExecutionView", SimpleNamespace(last_seq=41))


@pytest.mark.parametrize(
    ("after", "last_event_id", "cursor"), [(0, None, 0), (41, None, 41), (41, "7", 7), (99, "0", 0)]
)
def test_the_last_event_id_beats_after(after: int, last_event_id: str | None, cursor: int) -> None:
    assert events._resumed(VIEW, after, last_event_id) == cursor


@pytest.mark.parametrize(
    ("after", "last_event_id"), [(42, None), (0, "42"), (0, ""), (0, "-1"), (0, "x"), (0, "٣")]
)
def test_a_cursor_from_elsewhere_is_refused(after: int, last_event_id: str | None) -> None:
    with pytest.raises(Unprocessable):
        events._resumed(VIEW, after, last_event_id)
