"""An event's bytes on the wire, made once: whole for those who own it, without names for the public."""

from dataclasses import dataclass

import orjson

from runcast.services.event_log import LoggedEvent

# The kinds whose data say who did it; contract: what is public is shown without `by`.
_NAMING_KINDS = frozenset({"answer", "signal", "cancel.requested", "execution.cancelled"})


@dataclass(frozen=True, slots=True)
class Encoded:
    """One event: `full` for whoever may see all of it, `public` for anyone."""

    seq: int
    full: bytes
    public: bytes


def encode(event: LoggedEvent) -> Encoded:
    """Return the wire bytes of a logged event; the two views share them unless they differ."""
    full = event.payload.encode()
    public = _without_names(full) if event.kind in _NAMING_KINDS else full
    return Encoded(event.seq, full, public)


def _without_names(payload: bytes) -> bytes:
    event = orjson.loads(payload)
    event["data"].pop("by", None)
    return orjson.dumps(event)
