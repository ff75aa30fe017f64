"""Rings as a message, and back."""

from uuid import UUID

import orjson
import pytest

from runcast.bus import Ring
from runcast.bus.messages import MAX_MESSAGE_BYTES, Garbage, decode, encode

ID = UUID("01890a5d-ac96-774b-bcce-b302099a8057")
ROW = [ID.hex, 41, "running", 3]


def test_a_message_brings_its_sender_and_its_rings_back() -> None:
    rings = [Ring(ID, 41, "running", 3), Ring(UUID(int=0), 0, "queued", 0)]
    message = encode("a sender", rings)
    assert orjson.loads(message) == {
        "from": "a sender",
        "rings": [ROW, ["0" * 32, 0, "queued", 0]],
    }
    assert decode(message) == ("a sender", rings)


def test_what_a_later_version_adds_is_passed_over() -> None:
    message = {"from": "x", "rings": [[*ROW, "more"]], "more": 1}
    assert decode(orjson.dumps(message)) == ("x", [Ring(ID, 41, "running", 3)])


def test_a_thousand_rings_are_far_below_the_bound() -> None:
    rings = [Ring(ID, 2**53, "succeeded", 2**53)] * 1000
    assert len(encode("x" * 32, rings)) < MAX_MESSAGE_BYTES / 8


@pytest.mark.parametrize(
    "message",
    [
        None,
        "text",
        b"",
        b"\xff\xfe",
        b"not JSON",
        b"NaN",
        b"[]",
        b"{}",
        b"null",
        b'{"from":"x"}',
        b'{"from":1,"rings":[]}',
        b'{"from":"x","rings":7}',
        b'{"from":"x","rings":[7]}',
        b'{"from":"x","rings":[[]]}',
        b'{"from":"x","rings":["0123"]}',
        b'{"from":"x","rings":{"a":1}}',
        *(
            orjson.dumps({"from": "x", "rings": [row]})
            for row in (
                ["short", *ROW[1:]],
                [7, *ROW[1:]],
                [ROW[0], "41", *ROW[2:]],
                [ROW[0], -1, *ROW[2:]],
                [ROW[0], True, *ROW[2:]],
                [ROW[0], 1.5, *ROW[2:]],
                [*ROW[:2], None, 3],
                [*ROW[:3], None],
            )
        ),
        b"[" * 100_000,
        b" " * (MAX_MESSAGE_BYTES + 1),
    ],
    ids=lambda message: repr(message)[:40],
)
def test_garbage_is_called_so(message: object) -> None:
    with pytest.raises(Garbage):
        decode(message)
