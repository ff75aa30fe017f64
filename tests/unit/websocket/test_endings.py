"""That a socket has to end, and who is told of it."""

import pytest

from runcast.errors import InvalidToken, NotFound, Restarting, RuncastError
from runcast.websocket.endings import Ending, ending_of, patience
from tests.tools.wires import MemorySocket


def test_all_are_told_once_and_whoever_asks_later_at_once() -> None:
    ending, told = Ending(), []
    ending.tell("a", lambda: told.append("a"))
    ending.tell("b", lambda: told.append("b"))
    ending.begin()
    ending.begin()
    ending.tell("c", lambda: told.append("c"))
    assert (ending.begun, told) == (True, ["a", "b", "c"])


def test_whoever_was_forgotten_is_not_told() -> None:
    ending, told = Ending(), []
    ending.tell("a", lambda: told.append("a"))
    ending.forget("a")
    ending.forget("a")
    with ending.telling(lambda: told.append("b")):
        assert told == []
    ending.begin()
    assert told == []


def test_a_socket_has_one_ending_and_another_socket_another() -> None:
    one, other = MemorySocket().websocket, MemorySocket().websocket
    ending_of(one).begin()
    assert ending_of(one).begun
    assert not ending_of(other).begun


@pytest.mark.parametrize(
    ("reason", "stuck", "seconds"),
    [
        (InvalidToken(), 60, 1),
        (NotFound(), 60, 1),
        (InvalidToken(), 0.5, 0.5),
        (Restarting(), 60, 60),
    ],
)
def test_only_a_server_that_goes_waits_long(
    reason: RuncastError, stuck: float, seconds: float
) -> None:
    assert patience(reason, stuck) == seconds
