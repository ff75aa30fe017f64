"""Faults as named tools: what can go wrong between the log and its watchers, brought about on purpose."""

import socket
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

from runcast.services.event_log import EventLog


class Crashed(Exception):
    """The process would be dead here."""


@contextmanager
def lost_news(log: EventLog) -> Iterator[None]:
    """Commit what is written meanwhile, and tell nobody."""
    with patch.object(log, "_listeners", []):
        yield


@contextmanager
def crash_between_commit_and_news(log: EventLog) -> Iterator[None]:
    """Let the next group commit, and the log die before anyone hears of it."""

    def crash(*_: Any) -> None:
        raise Crashed

    with patch.object(log, "_resolve", crash):
        yield


def vanish(raw: socket.socket) -> None:
    """Reset the connection, as a client that loses its power does at best."""
    raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    raw.close()


def half_a_frame() -> bytes:
    """Return the beginning of a masked text frame of 100 bytes, ten of them."""
    return b"\x81" + bytes((0x80 | 100,)) + b"mask" + b"x" * 10
