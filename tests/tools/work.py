"""Handlers of the tests, what they were seen to do, and waiting for an execution without sleeping."""

import asyncio
import threading
from collections.abc import Callable
from typing import Any
from uuid import UUID

import httpx2
from pydantic import BaseModel, Field, field_validator

from runcast import Run, Runcast
from runcast.lifecycle import State
from runcast.runtime import Runtime
from runcast.services.event_log.reader import Head

Prepare = Callable[[Runcast], None]
LATER = "2026-01-02T00:00:00Z"
FINAL = (State.SUCCEEDED, State.FAILED, State.CANCELLED)


class Sum(BaseModel):
    """Numbers to add. That none may be 13 is known to the model, not to its schema."""

    numbers: list[int] = Field(max_length=200)

    @field_validator("numbers")
    @classmethod
    def _without_thirteen(cls, numbers: list[int]) -> list[int]:
        if 13 in numbers:
            raise ValueError("13 brings bad luck")
        return numbers


class Works:
    """The handlers `add`, `echo`, `hold`, `linger` and `make`, and what became of their calls.

    `lingers` is set once one lingers, `let_go` ends it.
    """

    def __init__(self) -> None:
        self.lingers = threading.Event()
        self.let_go = threading.Event()
        self.made: list[int] = []
        self.broken = False

    def register(self, app: Runcast) -> None:
        """Register all of them."""
        app.handler(retries=3, priority=7)(self.add)
        for handler in (self.echo, self.hold, self.linger, self.make):
            app.handler(handler)

    async def add(self, run: Run, spec: Sum) -> int:
        """Add numbers up."""
        run.log("adding %d", len(spec.numbers))
        return sum(spec.numbers)

    async def echo(self, _run: Run, given: Any) -> Any:
        """Return the input."""
        return given

    async def hold(self, _run: Run) -> None:
        """Run until somebody cancels it."""
        await asyncio.Event().wait()

    def linger(self, run: Run) -> None:
        """Heed no cancel, in a thread, until it is let go."""
        self.lingers.set()
        self.let_go.wait(10)
        if run.cancel_requested:
            raise run.cancelled()

    async def make(self, run: Run, sizes: list[int]) -> list[int]:
        """Make a text of each size, one durable step each, and fail after them while broken."""
        texts = [await run.step(self._text, size) for size in sizes]
        if self.broken:
            raise RuntimeError("broken")
        return [len(text) for text in texts]

    def _text(self, size: int) -> str:
        self.made.append(size)
        return "x" * size


async def start(client: httpx2.AsyncClient, handler: str, **body: Any) -> dict[str, Any]:
    """Start a handler, and return the execution as answered."""
    answer = await client.post("/api/executions", json={"handler": handler, **body})
    assert answer.status_code == 201, answer.text
    execution: dict[str, Any] = answer.json()
    return execution


async def start_item(client: httpx2.AsyncClient, **item: Any) -> dict[str, Any]:
    """Keep an item and start it, and return the execution as answered."""
    kept = await client.post("/api/items", json={"name": "a", **item})
    assert kept.status_code == 201, kept.text
    answer = await client.post(f"/api/items/{kept.json()['id']}/executions")
    assert answer.status_code == 201, answer.text
    execution: dict[str, Any] = answer.json()
    return execution


async def reached(app: Runcast, execution: dict[str, Any], *states: State) -> Head:
    """Return the log's head once the execution is in one of these states, by default an ended one."""
    runtime: Runtime = app.state.runtime
    execution_id = UUID(execution["id"])
    more = asyncio.Event()
    with runtime.feeds.subscribed(execution_id) as feed:
        feed.follow(more.set)
        try:
            async with asyncio.timeout(10):
                while True:
                    head = await runtime.reader.head(execution_id)
                    if head.state in (states or FINAL):
                        return head
                    await more.wait()
                    more.clear()
        finally:
            feed.leave(more.set)


async def ended(app: Runcast, client: httpx2.AsyncClient, execution: dict[str, Any]) -> Any:
    """Return the execution as it is read once it has ended."""
    await reached(app, execution)
    return (await client.get(f"/api/executions/{execution['id']}")).json()


async def logged(client: httpx2.AsyncClient, execution: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the whole log."""
    answer = await client.get(f"/api/executions/{execution['id']}/events", params={"limit": 1000})
    assert answer.status_code == 200, answer.text
    events: list[dict[str, Any]] = answer.json()["events"]
    return events
