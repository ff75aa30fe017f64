"""The wire messages, both ways."""

import json

import pytest
from websockets.frames import Frame, Opcode
from websockets.streams import StreamReader

from runcast import frames
from runcast.errors import BadRequest
from runcast.frames import Answer, Auth, Cancel, Message, Ping, Pong, RefusedFrame, Signal


@pytest.mark.parametrize(
    ("text", "frame"),
    [
        ('{"type":"ping"}', Ping()),
        ('{"type":"pong","unknown":1}', Pong()),
        ('{"type":"auth","token":"x"}', Auth("x")),
        ('{"type":"auth","token":null}', Auth(None)),
        (
            '{"type":"answer","id":"7","question":"q1","value":[true]}',
            Answer("7", "q1", [True]),
        ),
        ('{"type":"answer","id":"7","question":"","value":null}', Answer("7", "", None)),
        ('{"type":"signal","id":"7","name":"go","data":{"a":1}}', Signal("7", "go", {"a": 1})),
        ('{"type":"signal","id":"7","name":"go"}', Signal("7", "go", None)),
        ('{"type":"cancel","id":"7"}', Cancel("7")),
        ('{"type":"cancel","id":"' + "x" * 200 + '"}', Cancel("x" * 200)),
    ],
)
def test_a_known_frame_is_read(text: str, frame: frames.ClientFrame) -> None:
    assert frames.parse(text) == frame


@pytest.mark.parametrize(
    ("text", "code", "id_"),
    [
        ('{"type":"dance","id":"7"}', "unknown_type", "7"),
        ('{"type":"dance","id":7}', "unknown_type", None),
        ('{"type":"auth"}', "invalid_frame", None),
        ('{"type":"auth","token":""}', "invalid_frame", None),
        ('{"type":"auth","token":1}', "invalid_frame", None),
        ('{"type":"answer","question":"q1","value":1}', "invalid_frame", None),
        ('{"type":"answer","id":"7","question":"q1"}', "invalid_frame", "7"),
        ('{"type":"answer","id":"7","question":1,"value":1}', "invalid_frame", "7"),
        ('{"type":"answer","id":"7","value":1}', "invalid_frame", "7"),
        ('{"type":"signal","id":"7"}', "invalid_frame", "7"),
        ('{"type":"signal","id":"7","name":null}', "invalid_frame", "7"),
        ('{"type":"signal","name":"go"}', "invalid_frame", None),
        ('{"type":"cancel"}', "invalid_frame", None),
        ('{"type":"cancel","id":""}', "invalid_frame", None),
        ('{"type":"cancel","id":"' + "x" * 201 + '"}', "invalid_frame", None),
    ],
)
def test_a_frame_that_cannot_be_followed_is_refused_by_code(
    text: str, code: str, id_: str | None
) -> None:
    with pytest.raises(RefusedFrame) as refused:
        frames.parse(text)
    assert (refused.value.code, refused.value.id) == (code, id_)


@pytest.mark.parametrize(
    "text", ["", "x", "[]", "1", "{}", '{"type":1}', '{"type":"\\ud800"}', '{"a":"\ud800"}']
)
def test_what_is_no_frame_is_a_bad_request(text: str) -> None:
    with pytest.raises(BadRequest):
        frames.parse(text)


@pytest.mark.parametrize("size", [0, 1, 125, 126, 127, 2**16 - 1, 2**16, 2**20])
@pytest.mark.parametrize("binary", [True, False])
def test_a_message_is_framed_as_the_standard_says(size: int, *, binary: bool) -> None:
    payload = b"x" * size
    message = Message(payload, binary=binary)
    reader = StreamReader()
    reader.feed_data(message.frame)
    frame = read_frame(reader)
    assert (frame.opcode, frame.fin, bytes(frame.data)) == (
        Opcode.BINARY if binary else Opcode.TEXT,
        True,
        payload,
    )
    assert message.frame is message.frame


def read_frame(reader: StreamReader) -> Frame:
    """Return the frame that another implementation reads."""
    parsing = Frame.parse(reader.read_exact, mask=False, max_size=None, extensions=[])
    try:
        while True:
            next(parsing)
    except StopIteration as parsed:
        frame: Frame = parsed.value
    return frame


def test_what_the_server_says_is_json_as_in_the_contract() -> None:
    said = {
        frames.PING: {"type": "ping"},
        frames.PONG: {"type": "pong"},
        frames.hello(b'{"id":"x"}', 2, 41, 20): {
            "type": "hello",
            "protocol": 1,
            "execution": {"id": "x"},
            "oldest": 2,
            "head": 41,
            "heartbeat": 20,
        },
        frames.events([b'{"seq":1}', b'{"seq":2}']): {
            "type": "events",
            "events": [{"seq": 1}, {"seq": 2}],
        },
        frames.caught_up(41): {"type": "caught_up", "seq": 41},
        frames.gap(1, 900): {"type": "gap", "from": 1, "to": 900},
        frames.lag(5000): {"type": "lag", "behind": 5000},
        frames.end("failed"): {"type": "end", "state": "failed"},
        frames.auth_expiring(60): {"type": "auth_expiring", "expires_in": 60},
        frames.ack("é", 42): {"type": "ack", "id": "é", "seq": 42},
        frames.error(None, "c", "d"): {"type": "error", "id": None, "code": "c", "detail": "d"},
    }
    for payload, value in said.items():
        assert json.loads(payload) == value
