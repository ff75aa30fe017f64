"""Checking documents against JSON Schemas (2020-12 unless they name another) that handlers wrote.

A schema refers to nothing outside itself: no file and no address is ever fetched for one.
"""

from collections.abc import Callable, Sequence
from datetime import date, datetime, time, timedelta
from functools import lru_cache, partial
from itertools import islice
from typing import Any
from uuid import UUID

import jsonschema_rs
import orjson
from pydantic import AnyUrl, TypeAdapter, ValidationError

MAX_PROBLEMS = 100
MAX_MESSAGE_LENGTH = 500


def check(schema: Any) -> None:
    """Refuse what is no schema.

    Raises:
        ValueError: nothing can be checked against it; the message says why.
    """
    try:
        _validator(orjson.dumps(schema))
    except jsonschema_rs.ValidationError as error:
        raise ValueError(error.message) from error


def problems(schema: Any, value: Any, where: Sequence[str]) -> list[dict[str, Any]]:
    """Return where the value breaks the schema, as validation errors do; at most 100.

    Args:
        where: the value is to be found, for those who look up what was refused.
    """
    errors = _validator(orjson.dumps(schema)).iter_errors(value)
    return [
        {
            "loc": [*where, *error.instance_path],
            # It quotes what it refuses, which may be a mebibyte.
            "msg": error.message[:MAX_MESSAGE_LENGTH],
            "type": "schema",
        }
        for error in islice(errors, MAX_PROBLEMS)
    ]


@lru_cache(maxsize=256)
def _validator(schema: bytes) -> jsonschema_rs.Validator:
    return jsonschema_rs.validator_for(
        orjson.loads(schema), offline=True, validate_formats=True, formats=_FORMATS
    )


def _takes(adapter: TypeAdapter[Any], text: str) -> bool:
    try:
        adapter.validate_json(orjson.dumps(text))
    except ValidationError:
        return False
    return True


# As the handler's own types read them, which take more than the standards of these formats do. What an
# address is, they judge alone.
_FORMATS: dict[str, Callable[[str], bool]] = {
    **{
        name: partial(_takes, TypeAdapter(kind))
        for name, kind in (
            ("date", date),
            ("date-time", datetime),
            ("time", time),
            ("duration", timedelta),
            ("uuid", UUID),
            ("uri", AnyUrl),
        )
    },
    "email": lambda _text: True,
}
