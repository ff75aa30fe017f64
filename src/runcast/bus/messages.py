"""Rings as one JSON message, and back: `{"from": sender, "rings": [[id, last_seq, state, inbox], …]}`.

Pure. What is added to a ring or a message later is passed over by those who do not know it yet.
"""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import orjson

from runcast.bus.base import Ring

# A thousand rings take some 70 KB.
MAX_MESSAGE_BYTES = 2**20


class Garbage(ValueError):
    """What came over the channel is no message of ours."""


def encode(sender: str, rings: Sequence[Ring]) -> bytes:
    """Return the message that carries these rings."""
    rows = [[ring.execution_id.hex, ring.last_seq, ring.state, ring.inbox] for ring in rings]
    return orjson.dumps({"from": sender, "rings": rows})


def decode(message: object) -> tuple[str, list[Ring]]:
    """Return who sent the message, and its rings.

    Raises:
        Garbage: it is no such message, or over 1 MiB.
    """
    if not isinstance(message, bytes) or len(message) > MAX_MESSAGE_BYTES:
        raise Garbage("it is no text, or too long")
    try:
        found = orjson.loads(message)
        return _text(found["from"]), [_ring(row) for row in found["rings"]]
    except (ValueError, TypeError, LookupError) as error:
        raise Garbage(f"it is no message of rings: {error!r}") from error


def _ring(row: Any) -> Ring:
    id_, last_seq, state, inbox = row[:4]
    return Ring(UUID(hex=_text(id_)), _count(last_seq), _text(state), _count(inbox))


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError("text was expected")
    return value


def _count(value: Any) -> int:
    if type(value) is not int or value < 0:
        raise TypeError("a count was expected")
    return value
