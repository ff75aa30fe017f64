"""The text/event-stream parser: the same messages, however the text is cut."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from runcast_client.event_stream import EventStreamParser, Message

STREAM = (
    ': a comment\r\n\r\nevent: hello\rdata: {"a":\rdata: 1}\r\rid: 7\n'
    'data:{"text": "one\u2028two"}\n\nevent: alone\n\ndata: last\r\n\r\ndata: cut'
)
MESSAGES = [
    Message("hello", '{"a":\n1}'),
    Message("", '{"text": "one\u2028two"}'),
    Message("", "last"),
]


def parse(*pieces: str) -> list[Message]:
    parser = EventStreamParser()
    return [message for piece in pieces for message in parser.feed(piece)]


def test_messages_are_read_by_the_standard() -> None:
    assert parse(STREAM) == MESSAGES


def test_one_character_at_a_time_is_the_same_stream() -> None:
    assert parse(*STREAM) == MESSAGES


@given(st.lists(st.integers(0, len(STREAM)), max_size=8).map(sorted))
def test_wherever_the_text_is_cut_it_is_the_same_stream(cuts: list[int]) -> None:
    edges = [0, *cuts, len(STREAM)]
    pieces = [STREAM[start:stop] for start, stop in pairwise(edges)]
    assert parse(*pieces) == MESSAGES


def test_a_message_is_told_as_soon_as_its_blank_line_is_whole() -> None:
    assert parse("data: x\n\n") == [Message("", "x")]
