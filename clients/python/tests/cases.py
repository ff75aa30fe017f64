"""The conformance cases, read from clients/conformance, and what one run of a case has seen."""

import asyncio
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parents[2] / "conformance"
AT = "2025-01-01T00:00:00.000000Z"

Case = dict[str, Any]
Frame = dict[str, Any]


def load_cases() -> list[tuple[str, Case]]:
    """Return every case, once for each transport that it is run over."""
    return [
        (transport, case)
        for file in sorted(FOLDER.glob("*.json"))
        for case in json.loads(file.read_text())
        for transport in case.get("transports", ["websocket"])
    ]


def frame_of(step: dict[str, Any]) -> Frame | None:
    """Return the frame that a step sends, None for a step that sends none."""
    if "hello" in step:
        return hello(step["hello"])
    if "events" in step:
        return {"type": "events", "events": [event(seq) for seq in step["events"]]}
    frame: Frame | None = step.get("send")
    return frame


def hello(head: int) -> Frame:
    """Return the hello of a running execution."""
    execution = {"id": "e1", "state": "running", "handler": "h", "last_seq": head}
    return {
        "type": "hello",
        "protocol": 1,
        "execution": execution,
        "oldest": 1,
        "head": head,
        "heartbeat": 20,
    }


def event(seq: int) -> Frame:
    """Return a log event."""
    return {"seq": seq, "kind": "log", "at": AT, "attempt": 1, "step": None, "data": {}}


@dataclass
class Seen:
    """What the program that watches has been handed so far; the fake server can wait for it."""

    seqs: list[int] = field(default_factory=list)
    gaps: list[list[int]] = field(default_factory=list)
    changed: asyncio.Condition = field(default_factory=asyncio.Condition)
    wanted: asyncio.Queue[Frame] = field(default_factory=asyncio.Queue)

    async def take(self, seq: int) -> None:
        """Note an event."""
        async with self.changed:
            self.seqs.append(seq)
            self.changed.notify_all()

    async def until(self, count: int) -> None:
        """Wait until `count` events have been handed on."""
        async with self.changed:
            await self.changed.wait_for(lambda: len(self.seqs) >= count)
