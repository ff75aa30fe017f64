"""How many frames are taken in; what else the parser says is in test_protocol.py and tests/attacks."""

import pytest
from websockets.frames import Frame, Opcode
from websockets.protocol import State

from runcast.websocket.frame_parser import (
    FRAMES_AT_ONCE,
    FRAMES_PER_SECOND,
    MAX_FRAGMENTS,
    FrameParser,
)


class Parsing:
    """A parser whose handshake is done, and its clock."""

    def __init__(self) -> None:
        self.now = 100.0
        self.parser = FrameParser(lambda: self.now, state=State.OPEN, max_size=100)

    def hear(self, opcode: Opcode, count: int = 1, *, fin: bool = True) -> None:
        """Take in so many frames."""
        self.parser.receive_data(Frame(opcode, b"", fin).serialize(mask=True) * count)

    @property
    def code(self) -> int | None:
        """What it has closed with."""
        close = self.parser.close_sent
        return None if close is None else int(close.code)


@pytest.mark.parametrize("opcode", [Opcode.TEXT, Opcode.PING, Opcode.PONG])
def test_frames_of_every_kind_come_at_a_pace(opcode: Opcode) -> None:
    parsing = Parsing()
    parsing.hear(opcode, FRAMES_AT_ONCE)
    parsing.now += 1
    parsing.hear(opcode, FRAMES_PER_SECOND)
    assert parsing.code is None
    parsing.hear(opcode)
    assert parsing.code == 4529


def test_fragments_are_counted_for_each_message() -> None:
    parsing = Parsing()
    for _ in range(3):
        parsing.now += 60
        parsing.hear(Opcode.TEXT, fin=False)
        parsing.hear(Opcode.PING)
        parsing.hear(Opcode.CONT, MAX_FRAGMENTS - 2, fin=False)
        parsing.hear(Opcode.CONT)
    assert parsing.code is None
    parsing.now += 60
    parsing.hear(Opcode.TEXT, fin=False)
    parsing.hear(Opcode.CONT, MAX_FRAGMENTS, fin=False)
    assert parsing.code == 4413
