"""The text/event-stream format (WHATWG HTML, 9.2), read from text in pieces. Pure.

Lines end at LF, CR or CR LF and nowhere else: a U+2028 inside JSON is no end of a line.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

_LINE_END = re.compile(r"\r\n|\n|\r")


@dataclass(frozen=True, slots=True)
class Message:
    """One message; `name` is empty where the stream gave none."""

    name: str
    data: str


class EventStreamParser:
    """What has arrived of a stream and is not yet a message."""

    def __init__(self) -> None:
        self._rest: list[str] = []
        self._name = ""
        self._data: list[str] = []

    def feed(self, text: str) -> Iterator[Message]:
        """Take in a piece of the stream and yield the messages that it completes."""
        for line in self._lines(text):
            message = self._line(line)
            if message is not None:
                yield message

    def _lines(self, text: str) -> list[str]:
        """Return the lines completed; a CR at the end waits, for an LF may follow."""
        if self._rest and self._rest[-1].endswith("\r"):
            text = self._rest.pop() + text
        held = "\r" if text.endswith("\r") else ""
        lines = _LINE_END.split(text.removesuffix("\r") if held else text)
        if len(lines) > 1:
            lines[0] = "".join([*self._rest, lines[0]])
            self._rest = []
        self._rest.append(lines.pop() + held)
        return lines

    def _line(self, line: str) -> Message | None:
        if not line:
            return self._dispatch()
        field, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if field == "data":
            self._data.append(value)
        elif field == "event":
            self._name = value
        return None

    def _dispatch(self) -> Message | None:
        """End a message; one without data is none, as the standard says."""
        message = Message(self._name, "\n".join(self._data)) if self._data else None
        self._name, self._data = "", []
        return message
