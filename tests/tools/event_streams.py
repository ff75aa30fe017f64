"""Server-Sent Events as a browser parses them (WHATWG HTML, 9.2.6), for tests."""

import json
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import httpx2


@dataclass(frozen=True, slots=True)
class Said:
    """One message: `event` is None for a log entry, `id` None for all others."""

    event: str | None
    id: str | None
    data: Any


class EventSource:
    """A stream that was opened."""

    def __init__(self, answer: httpx2.Response) -> None:
        self.answer = answer
        self._messages = self._parse()

    async def next(self) -> Said:
        """Return the next message."""
        return await anext(self._messages)

    async def rest(self) -> list[Said]:
        """Return all messages until the stream ends."""
        return [said async for said in self._messages]

    async def close(self) -> None:
        """Stop parsing. Safe to call twice."""
        await self._messages.aclose()

    async def _parse(self) -> AsyncGenerator[Said, None]:
        fields: dict[str, str] = {}
        async for line in self.answer.aiter_lines():
            if line:
                name, _, value = line.partition(": ")
                fields[name] = value
                continue
            yield Said(fields.get("event"), fields.get("id"), json.loads(fields["data"]))
            fields = {}


@asynccontextmanager
async def streaming(
    url: str, execution_id: UUID, token: str | None, **query: Any
) -> AsyncIterator[EventSource]:
    """Yield the live feed of an execution; `last_event_id` goes into the header."""
    headers = {"Accept": "text/event-stream"}
    if token is not None:
        headers["Authorization"] = f"Bearer {token}"
    if "last_event_id" in query:
        headers["Last-Event-ID"] = str(query.pop("last_event_id"))
    async with (
        httpx2.AsyncClient(base_url=url, timeout=10) as client,
        client.stream(
            "GET", f"/api/executions/{execution_id}/events", headers=headers, params=query
        ) as answer,
    ):
        source = EventSource(answer)
        yield source
        await source.close()
