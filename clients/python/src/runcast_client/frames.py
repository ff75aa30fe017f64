"""The frames that the server sends, as frozen values. Pure: text in, frame out.

A frame of a type that this client does not know is `None`: it is ignored, as the protocol asks.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from runcast_client.errors import MalformedAnswer
from runcast_client.records import Event, Execution, read


@dataclass(frozen=True, slots=True)
class Hello:
    """The first frame: one snapshot. `heartbeat` is in seconds."""

    execution: Execution
    oldest: int
    head: int
    heartbeat: float


@dataclass(frozen=True, slots=True)
class Events:
    """Some events, in order."""

    events: tuple[Event, ...]


@dataclass(frozen=True, slots=True)
class CaughtUp:
    """The backlog up to `seq` has been sent; what follows is live."""

    seq: int


@dataclass(frozen=True, slots=True)
class Gap:
    """The events `first` to `last` were pruned and will never come."""

    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Lag:
    """This watcher reads too slowly: it is `behind` events behind."""

    behind: int


@dataclass(frozen=True, slots=True)
class Ping:
    """The server's heartbeat, to be answered."""


@dataclass(frozen=True, slots=True)
class Pong:
    """The answer to a ping of ours."""


@dataclass(frozen=True, slots=True)
class AuthExpiring:
    """The credential of this connection ends in `expires_in` seconds."""

    expires_in: float


@dataclass(frozen=True, slots=True)
class Ack:
    """The command `id` is committed."""

    id: str
    seq: int | None


@dataclass(frozen=True, slots=True)
class Refusal:
    """A frame of ours was refused; `id` names the command, if it was one."""

    id: str | None
    code: str
    detail: str


@dataclass(frozen=True, slots=True)
class End:
    """The execution has ended in `state`, and all of its events were sent."""

    state: str


@dataclass(frozen=True, slots=True)
class Interrupted:
    """Not from the server: the connection broke, and the next is opened in `delay` seconds."""

    code: int
    reason: str
    delay: float


ServerFrame = (
    Hello | Events | CaughtUp | Gap | Lag | Ping | Pong | AuthExpiring | Ack | Refusal | End
)
Frame = ServerFrame | Interrupted


def parse_frame(text: str | bytes) -> ServerFrame | None:
    """Return the frame that a message holds; raise MalformedAnswer where it holds none."""
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise MalformedAnswer(f"a frame that is no JSON: {error}") from error
    return read_frame(document)


def read_frame(document: object) -> ServerFrame | None:
    """Return the frame that a JSON object tells; None for a type not known here."""
    if not isinstance(document, dict):
        raise MalformedAnswer("a frame that is no object")
    kind = document.get("type")
    reader = _READERS.get(kind) if isinstance(kind, str) else None
    if reader is None:
        return None
    try:
        return reader(document)
    except (KeyError, TypeError, ValueError) as error:
        raise MalformedAnswer(f"a broken {kind} frame: {error!r}") from error


def _hello(frame: Mapping[str, Any]) -> Hello:
    return Hello(
        execution=read(Execution, frame["execution"]),
        oldest=_count(frame["oldest"]),
        head=_count(frame["head"]),
        heartbeat=_seconds(frame["heartbeat"]),
    )


def _events(frame: Mapping[str, Any]) -> Events:
    return Events(tuple(_event(event) for event in frame["events"]))


def _event(document: object) -> Event:
    event = read(Event, document)
    _count(event.seq)
    return event


def _count(value: object) -> int:
    """Return a whole number; true, 1.5 and Infinity, which JSON in Python lets in, are none."""
    if type(value) is not int:
        raise TypeError(f"{value!r} is no whole number")
    return value


def _seconds(value: object) -> float:
    """Return a duration; a heartbeat of nothing would never rest."""
    if not isinstance(value, int | float) or not value > 0:
        raise TypeError(f"{value!r} is no duration")
    return float(value)


def _ack(frame: Mapping[str, Any]) -> Ack:
    return Ack(str(frame["id"]), frame.get("seq"))


def _refusal(frame: Mapping[str, Any]) -> Refusal:
    return Refusal(frame.get("id"), str(frame["code"]), str(frame.get("detail") or ""))


_READERS: Mapping[str, Callable[[Mapping[str, Any]], ServerFrame]] = {
    "hello": _hello,
    "events": _events,
    "caught_up": lambda frame: CaughtUp(_count(frame["seq"])),
    "gap": lambda frame: Gap(_count(frame["from"]), _count(frame["to"])),
    "lag": lambda frame: Lag(_count(frame["behind"])),
    "ping": lambda _: Ping(),
    "pong": lambda _: Pong(),
    "auth_expiring": lambda frame: AuthExpiring(_seconds(frame["expires_in"])),
    "ack": _ack,
    "error": _refusal,
    "end": lambda frame: End(str(frame["state"])),
}
