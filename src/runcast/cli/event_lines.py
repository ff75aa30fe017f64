"""What one event says in a line: when, what, and in which style. Pure.

The text is as it came; whoever prints it makes it safe first.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from runcast.cli.questions import question_of
from runcast_client import Event

LEVEL_STYLES = {"debug": "dim", "warning": "yellow", "error": "red", "critical": "bold red"}


@dataclass(frozen=True, slots=True)
class Line:
    """A line, or several; `mark` stands before it: a time and a level, or nothing before output."""

    text: str
    style: str = ""
    mark: str = ""


def line_of(event: Event) -> Line:
    """Return the line for any event but output."""
    if event.kind == "log":
        level = str(event.data["level"])
        return Line(_log(event.data), LEVEL_STYLES.get(level, ""), _mark(event, level))
    style, tell = _TOLD.get(event.kind, ("cyan", _anything))
    family, _, _ = event.kind.partition(".")
    return Line(tell(event), style, _mark(event, family))


def output_line(stream: str, text: str) -> Line:
    """Return a line of output, as it is."""
    return Line(text, "red" if stream == "stderr" else "")


def note(text: str, style: str = "yellow") -> Line:
    """Return a line about the watch itself."""
    return Line(text, style, "-- ")


def _mark(event: Event, label: str) -> str:
    moment = "--:--:--" if event.at is None else f"{event.at.astimezone():%H:%M:%S}"
    return f"{moment} {label} "


def _log(data: dict[str, Any]) -> str:
    return "".join(
        [data["message"], *(f" {name}={_json(it)}" for name, it in data["fields"].items())]
    )


def _started(event: Event) -> str:
    return f"started, attempt {event.attempt}"


def _retrying(event: Event) -> str:
    return (
        f"attempt {event.attempt} failed, {_error(event)}; the next is at {event.data['next_at']}"
    )


def _superseded(event: Event) -> str:
    data = event.data
    return f"events {data['from']} to {data['to']} of attempt {data['attempt']} count no more"


def _failed(event: Event) -> str:
    return f"failed, {_error(event)}"


def _step_failed(event: Event) -> str:
    return f"{event.data['key']} failed, {_error(event)}"


def _question(event: Event) -> str:
    return question_of(event.data).told


def _answer(event: Event) -> str:
    return f"{event.data['question']}: {_json(event.data['value'])}"


def _signal(event: Event) -> str:
    data = event.data
    return data["name"] if data["data"] is None else f"{data['name']} {_json(data['data'])}"


def _waiting(event: Event) -> str:
    awaited = [
        f"{kind} {one}" for wait in event.data["for"] for kind, one in wait.items() if kind != "key"
    ]
    return f"waiting for {', '.join(awaited)}"


def _progress(event: Event) -> str:
    data = event.data
    total = "" if data["total"] is None else f"/{data['total']:g}"
    return f"{data['done']:g}{total} {data['message'] or ''}".rstrip()


def _metric(event: Event) -> str:
    return "  ".join(f"{name} {_json(value)}" for name, value in event.data["values"].items())


def _succeeded(_event: Event) -> str:
    return "succeeded"


def _anything(event: Event) -> str:
    _, _, verb = event.kind.partition(".")
    return f"{verb} {_json(event.data) if event.data else ''}".strip()


_TOLD: Mapping[str, tuple[str, Callable[[Event], str]]] = {
    "execution.queued": ("dim", _anything),
    "execution.started": ("dim", _started),
    "execution.retrying": ("yellow", _retrying),
    "execution.superseded": ("dim", _superseded),
    "execution.succeeded": ("bold green", _succeeded),
    "execution.failed": ("bold red", _failed),
    "execution.cancelled": ("bold yellow", _anything),
    "step.failed": ("red", _step_failed),
    "execution.waiting": ("dim", _waiting),
    "execution.resumed": ("dim", _anything),
    "question": ("bold cyan", _question),
    "answer": ("cyan", _answer),
    "signal": ("cyan", _signal),
    "progress": ("", _progress),
    "metric": ("", _metric),
}


def _error(event: Event) -> str:
    error = event.data["error"]
    return f"{error['code']}: {error['message']}"


def _json(value: Any) -> str:
    """Return a value as JSON on one line; a string as it is."""
    return value if isinstance(value, str) else orjson.dumps(value).decode()
