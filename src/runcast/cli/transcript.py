"""What a watch prints line by line: log, output, changes of state, and news of the connection. Pure."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from runcast.cli.event_lines import Line, line_of, note, output_line
from runcast_client import CaughtUp, End, Event, Events, Frame, Gap, Hello, Interrupted, Lag

LONGEST_TAIL = 8192
NUMBERS_EVERY = timedelta(seconds=1)
_NUMBERS = frozenset({"progress", "metric"})
_SILENT = frozenset({"step.started", "step.succeeded"})
_LONG_AGO = datetime.min.replace(tzinfo=UTC)


class Transcript:
    """Turns frames into lines. Output is held until its line is whole, for each stream.

    With `numbers`, progress and metrics are lines too, each at most once a second of the log's time;
    the last before a change of state is always told.
    """

    def __init__(self, *, numbers: bool = False) -> None:
        self._tails: dict[str, str] = {}
        self._numbers = numbers
        self._numbers_at: dict[tuple[str, str | None], datetime] = {}
        self._untold: dict[tuple[str, str | None], Event] = {}
        self._is_broken = False
        self._is_behind = False

    def lines(self, frame: Frame) -> list[Line]:
        """Return what a frame prints."""
        if isinstance(frame, Events):
            return [line for event in frame.events for line in self._of_event(event)]
        if isinstance(frame, End):
            return self._rest()
        return [line for line in (self._of_connection(frame),) if line is not None]

    def _of_connection(self, frame: Frame) -> Line | None:
        was_broken, was_behind = self._is_broken, self._is_behind
        match frame:
            case Gap():
                return note(f"events {frame.first} to {frame.last} were pruned")
            case Hello():
                self._is_broken = False
                return note("connected again", "dim") if was_broken else _greeting(frame)
            case Interrupted():
                self._is_broken = True
                lost = f"connection lost ({frame.reason or frame.code}); trying again"
                return None if was_broken else note(lost)
            case Lag():
                self._is_behind = True
                return None if was_behind else note(f"behind by {frame.behind} events")
            case CaughtUp():
                self._is_behind = False
        return None

    def _of_event(self, event: Event) -> Iterable[Line]:
        if event.kind == "output":
            return self._output(event.data["stream"], event.data["text"])
        if event.kind in _SILENT or (event.kind in _NUMBERS and not self._is_due(event)):
            return []
        if event.kind.startswith("execution."):
            # Whoever wrote half a line has stopped, or has been cut short.
            return [*self._rest(), line_of(event)]
        return [line_of(event)]

    def _is_due(self, event: Event) -> bool:
        """Return whether numbers are to be told again; what is not is kept, until a later one is."""
        if not self._numbers or event.at is None:
            return False
        key = (event.kind, event.step)
        if event.at - self._numbers_at.get(key, _LONG_AGO) < NUMBERS_EVERY:
            self._untold[key] = event
            return False
        self._untold.pop(key, None)
        self._numbers_at[key] = event.at
        return True

    def _output(self, stream: str, text: str) -> list[Line]:
        *whole, tail = (self._tails.pop(stream, "") + text).split("\n")
        if len(tail) > LONGEST_TAIL:
            whole, tail = [*whole, tail], ""
        if tail:
            self._tails[stream] = tail
        return [output_line(stream, line) for line in whole]

    def _rest(self) -> list[Line]:
        tails, self._tails = self._tails, {}
        untold, self._untold = self._untold, {}
        told = [line_of(event) for event in untold.values()]
        return [*told, *(output_line(stream, tail) for stream, tail in tails.items())]


def _greeting(hello: Hello) -> Line:
    execution = hello.execution
    return note(f"watching {execution.id} ({execution.handler}, {execution.state})", "dim")
