"""Moments as text."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from runcast.services.event_log.sqlite_values import as_moment, as_text
from tests.tools.rows import MOMENT


@pytest.mark.parametrize(
    "moment",
    [
        MOMENT,
        MOMENT + timedelta(microseconds=1),
        datetime(2026, 7, 1, 12, 30, tzinfo=timezone(timedelta(hours=2))),
    ],
)
def test_a_moment_survives_its_text(moment: datetime) -> None:
    assert as_moment(as_text(moment)) == moment
    assert as_moment(as_text(moment)).tzinfo is UTC
