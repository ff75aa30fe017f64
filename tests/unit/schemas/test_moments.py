"""Moments: with a zone, and no further off than both databases reach, whatever the zone."""

from datetime import UTC, datetime

import pytest
from pydantic import TypeAdapter, ValidationError

from runcast.schemas.moments import Moment

moments = TypeAdapter(Moment)


def test_a_moment_is_told_in_utc() -> None:
    read = moments.validate_python("2030-01-31T12:00:00+01:00")
    assert (read, read.tzinfo) == (datetime(2030, 1, 31, 11, tzinfo=UTC), UTC)


@pytest.mark.parametrize(
    "text",
    [
        "9999-12-31T23:59:59-00:01",
        "9999-12-31T23:59:59-23:59",
        "0001-01-01T00:00:00+23:59",
        "1970-01-01T00:00:00+00:01",
        "2030-01-31T12:00:00",
        "1900000000",
        1900000000,
    ],
)
def test_what_is_out_of_reach_or_has_no_zone_is_refused(text: object) -> None:
    with pytest.raises(ValidationError):
        moments.validate_python(text)
