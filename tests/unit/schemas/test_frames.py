"""The frames that OpenAPI tells of are those that are built and read."""

import json
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from pydantic import ValidationError

from runcast import frames
from runcast.application import Runcast
from runcast.lifecycle import State
from runcast.schemas.executions import Execution, ExecutionError
from runcast.schemas.frames import CLIENT_FRAME, SERVER_FRAME, components

MOMENT = datetime(2026, 1, 1, tzinfo=UTC)
EXECUTION = Execution(
    id=UUID(int=1),
    item_id=None,
    handler="sweep",
    handler_version=None,
    state=State.FAILED,
    input={},
    result=None,
    error=ExecutionError(code="exception", message="no"),
    progress={"done": 1, "total": None, "message": None},
    attempt=1,
    last_seq=2,
    open_questions=0,
    team_id=None,
    retry_of=None,
    parent_id=None,
    priority=0,
    run_at=MOMENT,
    created_at=MOMENT,
    started_at=MOMENT,
    finished_at=MOMENT,
)
EVENT = (
    b'{"seq":1,"kind":"note","at":"2026-01-01T00:00:00Z","attempt":0,"step":null,"data":{"a":1}}'
)
BUILT = {
    "hello": frames.hello(EXECUTION.model_dump_json().encode(), 1, 2, 20.0),
    "events": frames.events([EVENT, EVENT]),
    "caught_up": frames.caught_up(2),
    "gap": frames.gap(1, 2),
    "lag": frames.lag(5000),
    "ping": frames.PING,
    "pong": frames.PONG,
    "auth_expiring": frames.auth_expiring(60),
    "ack": frames.ack("7", 2),
    "error": frames.error(None, "conflict", "it has ended"),
    "end": frames.end("succeeded"),
}
SENT: list[dict[str, Any]] = [
    {"type": "auth", "token": None},
    {"type": "auth", "token": "x"},
    {"type": "answer", "id": "7", "question": "q1", "value": [True]},
    {"type": "signal", "id": "7", "name": "go", "data": {"a": 1}},
    {"type": "signal", "id": "7", "name": "go"},
    {"type": "cancel", "id": "7"},
    {"type": "ping"},
    {"type": "pong"},
]


@pytest.mark.parametrize("type_", BUILT)
def test_a_frame_that_is_built_is_one_that_openapi_tells_of(type_: str) -> None:
    frame = SERVER_FRAME.validate_python(json.loads(BUILT[type_]), extra="forbid")
    assert frame.type == type_


def test_openapi_tells_of_no_other_frame_of_the_server() -> None:
    assert _types("ServerFrame") == set(BUILT)


@pytest.mark.parametrize("frame", SENT)
def test_a_frame_that_openapi_tells_of_is_read(frame: dict[str, Any]) -> None:
    CLIENT_FRAME.validate_python(frame, extra="forbid")
    frames.parse(json.dumps(frame))


def test_openapi_tells_of_no_other_frame_of_clients() -> None:
    assert _types("ClientFrame") == {frame["type"] for frame in SENT}


@pytest.mark.parametrize("frame", [{"type": "cancel"}, {"type": "dance"}, {"type": "answer"}])
def test_a_frame_that_is_refused_is_none_of_those(frame: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        CLIENT_FRAME.validate_python(frame)
    with pytest.raises(frames.RefusedFrame):
        frames.parse(json.dumps(frame))


def test_the_applications_description_has_them_all() -> None:
    assert Runcast().openapi()["components"]["schemas"].keys() >= components().keys()


def _types(union: str) -> set[str]:
    schemas = components()
    names = [each["$ref"].rpartition("/")[2] for each in schemas[union]["anyOf"]]
    return {schemas[name]["properties"]["type"]["const"] for name in names}
