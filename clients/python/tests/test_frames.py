"""Frames: what is known is read, what is unknown is ignored, what is broken is said."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clients.python.tests.cases import event, hello
from runcast_client.errors import MalformedAnswer
from runcast_client.frames import (
    Ack,
    AuthExpiring,
    CaughtUp,
    End,
    Events,
    Gap,
    Hello,
    Lag,
    Ping,
    Pong,
    Refusal,
    parse_frame,
    read_frame,
)

KNOWN: list[tuple[dict[str, Any], object]] = [
    ({"type": "caught_up", "seq": 41}, CaughtUp(41)),
    ({"type": "gap", "from": 1, "to": 900}, Gap(1, 900)),
    ({"type": "lag", "behind": 5000}, Lag(5000)),
    ({"type": "ping"}, Ping()),
    ({"type": "pong"}, Pong()),
    ({"type": "auth_expiring", "expires_in": 60}, AuthExpiring(60.0)),
    ({"type": "ack", "id": "c", "seq": 42}, Ack("c", 42)),
    ({"type": "error", "id": None, "code": "x", "detail": "y"}, Refusal(None, "x", "y")),
    ({"type": "end", "state": "failed"}, End("failed")),
]


@pytest.mark.parametrize(("document", "frame"), KNOWN)
def test_a_known_frame_is_read(document: dict[str, Any], frame: object) -> None:
    assert read_frame(document) == frame


@pytest.mark.parametrize(("document", "frame"), KNOWN)
def test_fields_not_known_are_ignored(document: dict[str, Any], frame: object) -> None:
    assert read_frame({**document, "colour": "red"}) == frame


def test_a_hello_carries_the_execution() -> None:
    frame = read_frame(hello(41))
    assert isinstance(frame, Hello)
    assert (frame.execution.id, frame.oldest, frame.head, frame.heartbeat) == ("e1", 1, 41, 20.0)


def test_events_are_read_in_order() -> None:
    frame = read_frame({"type": "events", "events": [event(1), event(2)]})
    assert isinstance(frame, Events)
    assert [one.seq for one in frame.events] == [1, 2]


@pytest.mark.parametrize("kind", ["weather", None, 7, ["hello"], {}])
def test_a_frame_of_a_type_not_known_is_none(kind: object) -> None:
    assert read_frame({"type": kind}) is None


@pytest.mark.parametrize(
    "text",
    [
        "{",
        "[]",
        "null",
        '"hello"',
        '{"type": "gap", "from": 1}',
        '{"type": "lag", "behind": "many"}',
        '{"type": "hello", "execution": 7, "oldest": 1, "head": 1, "heartbeat": 1}',
        '{"type": "events", "events": 7}',
        '{"type": "events", "events": [{"kind": "log"}]}',
        '{"type": "events", "events": [{"seq": "1", "kind": "log"}]}',
        '{"type": "events", "events": [{"seq": true, "kind": "log"}]}',
        '{"type": "events", "events": [{"seq": 1, "kind": "log", "at": "yesterday"}]}',
        '{"type": "caught_up", "seq": Infinity}',
        '{"type": "auth_expiring", "expires_in": NaN}',
        '{"type": "hello", "execution": {"id": "e", "state": "x"}, "oldest": 1, "head": 1, "heartbeat": 0}',
        "[" * 100_000,
    ],
    ids=range(16),
)
def test_what_is_no_frame_is_said_to_be_none(text: str) -> None:
    with pytest.raises(MalformedAnswer):
        parse_frame(text)


@given(
    st.recursive(
        st.none() | st.integers() | st.text(),
        lambda x: (
            st.lists(x)
            | st.dictionaries(st.sampled_from(["type", "events", "seq", "head", "execution"]), x)
        ),
    )
)
def test_nothing_that_a_server_sends_raises_anything_else(document: object) -> None:
    for candidate in (
        document,
        {"type": "hello", "x": document},
        {"type": "events", "events": document},
    ):
        try:
            read_frame(candidate)
        except MalformedAnswer as error:
            assert str(error)  # noqa: PT017 - either outcome is right, any other error is not
