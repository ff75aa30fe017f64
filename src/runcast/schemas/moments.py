"""Moments as clients send them: written as RFC 3339 says, and such that both databases hold them in UTC."""

import re
from datetime import UTC, datetime
from typing import Annotated, Any

from pydantic import AfterValidator, AwareDatetime, BeforeValidator

_RFC_3339 = re.compile(
    r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(?:\.\d+)?(?:[Zz]|[+-]\d\d:\d\d)", re.ASCII
)


def _rfc_3339_text(value: Any) -> Any:
    # Pydantic would take seconds since 1970 too, as a number or in a string.
    if isinstance(value, datetime) or (isinstance(value, str) and _RFC_3339.fullmatch(value)):
        return value
    raise ValueError("a moment is written as RFC 3339 says, with its zone: 2030-01-31T12:00:00Z")


def _since_1970(moment: datetime) -> datetime:
    try:
        in_utc = moment.astimezone(UTC)
    except OverflowError:
        raise ValueError("the moment is beyond the years 1970 to 9999") from None
    if in_utc.year < 1970:
        raise ValueError("the moment is beyond the years 1970 to 9999")
    return in_utc


Moment = Annotated[AwareDatetime, BeforeValidator(_rfc_3339_text), AfterValidator(_since_1970)]
