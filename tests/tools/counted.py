"""Logs as those read them who fold away what counts no more, and the laws that every log keeps."""

from collections.abc import Sequence
from typing import Any

FINAL = {"execution.succeeded", "execution.failed", "execution.cancelled"}
Event = dict[str, Any]


def counted(events: Sequence[Event]) -> list[tuple[str, Any, str | None]]:
    """Return what handlers emitted and counts: kind, data and step, in order."""
    ranges = [e["data"] for e in events if e["kind"] == "execution.superseded"]
    return [
        (e["kind"], e["data"], e["step"])
        for e in events
        if "." not in e["kind"] and not any(r["from"] <= e["seq"] <= r["to"] for r in ranges)
    ]


def check_laws(events: Sequence[Event]) -> None:
    """Assert that numbers have no gap, time and attempts do not fall, and the end is the end.

    And that no step begins again after it has succeeded.
    """
    assert [e["seq"] for e in events] == list(range(1, len(events) + 1))
    for name in ("at", "attempt"):
        values = [e[name] for e in events]
        assert values == sorted(values), name
    assert [e["kind"] for e in events[:-1] if e["kind"] in FINAL] == []
    succeeded = [e["data"]["key"] for e in events if e["kind"] == "step.succeeded"]
    assert len(succeeded) == len(set(succeeded))
    done: set[str] = set()
    for event in events:
        if event["kind"] == "step.succeeded":
            done.add(event["data"]["key"])
        elif event["kind"] == "step.started":
            assert event["data"]["key"] not in done
