"""The feed's frames and events as OpenAPI tells of them, so that clients are generated with their types.

`runcast.frames` builds and reads the frames themselves; these are checked against it in the tests only.
"""

from datetime import datetime
from functools import reduce
from operator import or_
from typing import Any, Literal

from pydantic import BaseModel, Field, TypeAdapter, create_model

from runcast.lifecycle import State
from runcast.schemas.event_data import DATA
from runcast.schemas.events import ExecutionEvent
from runcast.schemas.executions import Execution

_REFERENCE = "#/components/schemas/{model}"


class Entry(BaseModel):
    """What every event says besides its kind and its data."""

    seq: int
    at: datetime
    attempt: int
    step: str | None


class HelloFrame(BaseModel):
    """The first frame: one snapshot. `heartbeat` is in seconds."""

    type: Literal["hello"]
    protocol: Literal[1]
    execution: Execution
    oldest: int
    head: int
    heartbeat: float


class EventsFrame(BaseModel):
    """One or more events, in order."""

    type: Literal["events"]
    events: list[ExecutionEvent]


class CaughtUpFrame(BaseModel):
    """The backlog has been sent up to `seq`."""

    type: Literal["caught_up"]
    seq: int


class GapFrame(BaseModel):
    """Events that were pruned, both ends included."""

    type: Literal["gap"]
    first: int = Field(alias="from")
    last: int = Field(alias="to")


class LagFrame(BaseModel):
    """So many events are still to be sent, because they were read too slowly."""

    type: Literal["lag"]
    behind: int


class PingFrame(BaseModel):
    """To be answered with `pong`."""

    type: Literal["ping"]


class PongFrame(BaseModel):
    """The answer to a `ping`."""

    type: Literal["pong"]


class AuthExpiringFrame(BaseModel):
    """The credential expires in so many seconds: send `auth` with a fresh one."""

    type: Literal["auth_expiring"]
    expires_in: int


class AckFrame(BaseModel):
    """The command is committed; `seq` is the log's head after it."""

    type: Literal["ack"]
    id: str
    seq: int


class ErrorFrame(BaseModel):
    """A frame was refused; the connection stays."""

    type: Literal["error"]
    id: str | None
    code: str
    detail: str


class EndFrame(BaseModel):
    """The last frame, after the final event."""

    type: Literal["end"]
    state: State


class AuthFrame(BaseModel):
    """Who is speaking; null for what is public."""

    type: Literal["auth"]
    token: str | None


class AnswerFrame(BaseModel):
    """The answer to an open question; `id` is the client's own."""

    type: Literal["answer"]
    id: str
    question: str
    value: Any


class SignalFrame(BaseModel):
    """Something to tell the handler; `id` is the client's own."""

    type: Literal["signal"]
    id: str
    name: str
    data: Any = None


class CancelFrame(BaseModel):
    """End the execution; `id` is the client's own."""

    type: Literal["cancel"]
    id: str


def _event(kind: str, data: type[BaseModel]) -> type[Entry]:
    name = data.__name__.removesuffix("Data") + "Event"
    kinds: Any = Literal[kind]  # which mypy knows as a form only, because it is made here
    return create_model(name, __base__=Entry, kind=(kinds, ...), data=(data, ...))


_EVENTS = [_event(kind, data) for kind, data in DATA.items()]
KNOWN_EVENT: TypeAdapter[Any] = TypeAdapter(reduce(or_, _EVENTS))
SERVER_FRAME: TypeAdapter[Any] = TypeAdapter(
    HelloFrame
    | EventsFrame
    | CaughtUpFrame
    | GapFrame
    | LagFrame
    | PingFrame
    | PongFrame
    | AuthExpiringFrame
    | AckFrame
    | ErrorFrame
    | EndFrame
)
CLIENT_FRAME: TypeAdapter[Any] = TypeAdapter(
    AuthFrame | AnswerFrame | SignalFrame | CancelFrame | PingFrame | PongFrame
)


def components() -> dict[str, Any]:
    """Return the schemas of OpenAPI: `ServerFrame`, `ClientFrame`, `KnownEvent`, and what they consist of."""
    roots, shared = TypeAdapter.json_schemas(
        [
            ("KnownEvent", "validation", KNOWN_EVENT),
            ("ServerFrame", "validation", SERVER_FRAME),
            ("ClientFrame", "validation", CLIENT_FRAME),
        ],
        ref_template=_REFERENCE,
    )
    return {**shared["$defs"], **{name: schema for (name, _), schema in roots.items()}}
