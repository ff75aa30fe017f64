"""Frames and events as a feed hands them on, made of what a test cares for."""

from datetime import UTC, datetime, timedelta
from typing import Any

from runcast_client import Event, Events, Execution, Hello

START = datetime(2026, 1, 1, tzinfo=UTC)


def event(kind: str, step: str | None = None, after: float = 0.0, **data: Any) -> Event:
    """Return an event, so many seconds after the start of 2026."""
    return Event(1, kind, START + timedelta(seconds=after), 1, step, data)


def events(*each: Event) -> Events:
    """Return a frame of events."""
    return Events(each)


def log(message: str, level: str = "info", **fields: Any) -> Event:
    """Return a log line."""
    return event("log", level=level, message=message, fields=fields)


def output(text: str, stream: str = "stdout") -> Event:
    """Return a piece of output."""
    return event("output", stream=stream, text=text)


def progress(
    done: float, total: float | None, step: str | None = None, after: float = 0.0
) -> Event:
    """Return progress without a message."""
    return event("progress", step, after, done=done, total=total, message=None)


def hello(state: str = "running") -> Hello:
    """Return the first frame of a connection."""
    return Hello(Execution("the-id", state, "handler"), 1, 0, 20.0)
