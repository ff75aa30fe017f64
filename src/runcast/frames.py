"""The feed's wire messages, both ways, as bytes and plain values. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from runcast import strict_json
from runcast.errors import BadRequest

PROTOCOL = 1
SUBPROTOCOL = "runcast.v1"
MAX_FRAME_BYTES = 2**20
MAX_ID_LENGTH = 200

PING = b'{"type":"ping"}'
PONG = b'{"type":"pong"}'


@dataclass(frozen=True, slots=True)
class Auth:
    """Who is speaking: a token, or None for what is public."""

    token: str | None


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to an open question. `id` is the client's own, so that a resend is known."""

    id: str
    question: str
    value: Any


@dataclass(frozen=True, slots=True)
class Signal:
    """Something to tell the handler. `id` is the client's own."""

    id: str
    name: str
    data: Any


@dataclass(frozen=True, slots=True)
class Cancel:
    """End the execution. `id` is the client's own."""

    id: str


@dataclass(frozen=True, slots=True)
class Ping:
    """Are you there?"""


@dataclass(frozen=True, slots=True)
class Pong:
    """I am here."""


Command = Answer | Signal | Cancel
ClientFrame = Auth | Answer | Signal | Cancel | Ping | Pong


class RefusedFrame(Exception):
    """The frame is understood as one, and refused; the connection stays."""

    def __init__(self, id_: str | None, code: str, detail: str) -> None:
        super().__init__(detail)
        self.id = id_
        self.code = code
        self.detail = detail


class Message:
    """A whole message, and the frame around it, which is built once however many it goes to."""

    __slots__ = ("_frame", "binary", "payload")

    def __init__(self, payload: bytes, *, binary: bool = False) -> None:
        self.payload = payload
        self.binary = binary
        self._frame: bytes | None = None

    @property
    def frame(self) -> bytes:
        """The unmasked WebSocket frame (RFC 6455, 5.2) that carries it."""
        if self._frame is None:
            self._frame = _head(len(self.payload), binary=self.binary) + self.payload
        return self._frame


def parse(text: str) -> ClientFrame:
    """Return the frame that a client sent.

    Raises:
        BadRequest: not strict JSON, not an object, or without a type: the connection ends (4400).
        RefusedFrame: an unknown type or a member that is missing or wrong: the connection stays.
    """
    try:
        frame = strict_json.loads(text.encode())
    except (strict_json.InvalidDocument, UnicodeEncodeError) as error:
        raise BadRequest(str(error)) from None
    if not isinstance(frame, dict) or not isinstance(frame.get("type"), str):
        raise BadRequest("a frame is a JSON object with a type")
    return _known(frame)


def hello(execution: bytes, oldest: int, head: int, heartbeat: float) -> bytes:
    """Return the first frame; `execution` is JSON already."""
    return b'{"type":"hello","protocol":%d,"execution":%b,"oldest":%d,"head":%d,"heartbeat":%b}' % (
        PROTOCOL,
        execution,
        oldest,
        head,
        orjson.dumps(heartbeat),
    )


def events(entries: Sequence[bytes]) -> bytes:
    """Return one frame of events that are encoded already."""
    return b'{"type":"events","events":[' + b",".join(entries) + b"]}"


def caught_up(seq: int) -> bytes:
    """Return the marker that the backlog has been sent."""
    return b'{"type":"caught_up","seq":%d}' % seq


def gap(first: int, last: int) -> bytes:
    """Return the notice that these events can no longer be had."""
    return b'{"type":"gap","from":%d,"to":%d}' % (first, last)


def lag(behind: int) -> bytes:
    """Return the notice that the watcher reads too slowly."""
    return b'{"type":"lag","behind":%d}' % behind


def end(state: str) -> bytes:
    """Return the last frame."""
    return b'{"type":"end","state":"%b"}' % state.encode()


def auth_expiring(seconds: int) -> bytes:
    """Return the request for a new credential."""
    return b'{"type":"auth_expiring","expires_in":%d}' % seconds


def ack(id_: str, seq: int) -> bytes:
    """Return the word that a command is committed; `seq` is the log's head after it."""
    return orjson.dumps({"type": "ack", "id": id_, "seq": seq})


def error(id_: str | None, code: str, detail: str) -> bytes:
    """Return the refusal of one frame."""
    return orjson.dumps({"type": "error", "id": id_, "code": code, "detail": detail})


def _head(size: int, *, binary: bool) -> bytes:
    final_and_opcode = b"\x82" if binary else b"\x81"
    if size < 126:
        return final_and_opcode + size.to_bytes(1, "big")
    if size < 2**16:
        return final_and_opcode + b"\x7e" + size.to_bytes(2, "big")
    return final_and_opcode + b"\x7f" + size.to_bytes(8, "big")


def _known(frame: dict[str, Any]) -> ClientFrame:
    match frame["type"]:
        case "ping":
            return Ping()
        case "pong":
            return Pong()
        case "auth":
            return _auth(frame)
        case "answer":
            return _answer(frame, _id(frame))
        case "signal":
            return Signal(_id(frame), _text(frame, "name"), frame.get("data"))
        case "cancel":
            return Cancel(_id(frame))
        case other:
            raise RefusedFrame(_said_id(frame), "unknown_type", f"no frame is called {other[:50]}")


def _auth(frame: dict[str, Any]) -> Auth:
    token = frame.get("token", "")
    if token is not None and (not isinstance(token, str) or not token):
        raise RefusedFrame(None, "invalid_frame", "token is a string, or null for what is public")
    return Auth(token)


def _answer(frame: dict[str, Any], id_: str) -> Answer:
    if "value" not in frame:
        raise RefusedFrame(id_, "invalid_frame", "value is missing")
    return Answer(id_, _text(frame, "question"), frame["value"])


def _text(frame: dict[str, Any], name: str) -> str:
    text = frame.get(name)
    if not isinstance(text, str):
        raise RefusedFrame(_said_id(frame), "invalid_frame", f"{name} is a string")
    return text


def _id(frame: dict[str, Any]) -> str:
    said = _said_id(frame)
    if said is None:
        raise RefusedFrame(None, "invalid_frame", f"id is a string of 1 to {MAX_ID_LENGTH}")
    return said


def _said_id(frame: dict[str, Any]) -> str | None:
    said = frame.get("id")
    return said if isinstance(said, str) and 0 < len(said) <= MAX_ID_LENGTH else None
