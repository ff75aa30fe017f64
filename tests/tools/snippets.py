"""Runs a document's Python as one program: imports it, runs its handlers, plays its HTTP exchanges.

`python -m tests.tools.snippets PROGRAM EXCHANGES` in a folder that has a migrated database; a process
of its own, because a document may define tables.
"""

import asyncio
import importlib
import json
import re
import sys
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2

from runcast import Runcast
from runcast.database import Database
from runcast.models import Base
from tests.tools.people import SignedIn, sign_in

# A document that takes longer has stopped.
SECONDS = 60
_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_RECEIVED = re.compile(r'run\.receive\("([^"]+)"')
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z")


@dataclass(slots=True)
class Exchanges:
    """Plays requests as a document shows them; an id of the document stands for the one that came."""

    client: SignedIn
    ids: dict[str, str] = field(default_factory=dict)

    async def play(self, request: str, answer: str | None) -> None:
        """Send the request; assert that what comes is what the document shows."""
        got = await self._send(self._with_real_ids(request))
        if answer is None:
            assert got.is_success, got.text
            return
        head, _, body = answer.partition("\n\n")
        status, *headers = head.splitlines()
        assert status.split()[1] == str(got.status_code), got.text
        self._learn(answer, got)
        for header in headers:
            name, _, value = header.partition(": ")
            assert got.headers[name] == self._with_real_ids(value), header
        if body.strip():
            shown = json.loads(self._with_real_ids(body))
            assert _timeless(got.json()) == _timeless(shown), got.text

    async def _send(self, request: str) -> httpx2.Response:
        head, _, body = request.partition("\n\n")
        first, *rest = head.splitlines()
        method, _, path = first.partition(" ")
        headers = dict(line.split(": ", 1) for line in rest if "…" not in line)
        return await self.client.request(method, path, headers=headers, content=body or None)

    def _learn(self, answer: str, got: httpx2.Response) -> None:
        shown = json.loads(answer.partition("\n\n")[2] or "{}")
        for name, value in shown.items():
            if isinstance(value, str) and _ID.fullmatch(value):
                self.ids.setdefault(value, got.json()[name])

    def _with_real_ids(self, text: str) -> str:
        return _ID.sub(lambda match: self.ids.get(match[0], match[0]), text)


def _timeless(document: Any) -> Any:
    return json.loads(_TIME.sub("a time", json.dumps(document)))


async def _run(
    app: Runcast, exchanges: Iterable[tuple[str, str | None]], signals: Iterable[str]
) -> None:
    async with (
        app.router.lifespan_context(app),
        sign_in(app, "ada@example.com") as client,
    ):
        await _make_tables(app.state.runtime.database)
        for name in [announced.name for announced in app.handlers.announcements()]:
            sys.stdout.write(f"{name} {await _state_of_a_run(client, name, signals)}\n")
        player = Exchanges(client)
        for request, answer in exchanges:
            await player.play(request, answer)


async def _make_tables(database: Database) -> None:
    """Make the tables of the document's own models."""
    async with database.engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)


async def _take_part(client: SignedIn, address: str, signals: Iterable[str]) -> None:
    """Send every signal that the document receives, and say yes to whatever is asked."""
    for name in signals:
        await client.post(f"{address}/signals/{name}", json={"data": name})
    while True:
        asked = await client.get(f"{address}/events", params={"kind": "question"})
        for question in asked.json()["events"]:
            answered = f"{address}/answers/{question['data']['id']}"
            await client.post(answered, json={"value": True})
        await asyncio.sleep(0.05)


async def _state_of_a_run(client: SignedIn, handler: str, signals: Iterable[str]) -> str:
    started = await client.post("/api/executions", json={"handler": handler})
    assert started.status_code == 201, started.text
    address = f"/api/executions/{started.json()['id']}"
    people = asyncio.create_task(_take_part(client, address, signals))
    # The stream ends with the log.
    stream = await client.get(f"{address}/events", headers={"Accept": "text/event-stream"})
    assert "event: end\n" in stream.text
    people.cancel()
    ended = (await client.get(address)).json()
    return ended["state"] if ended["error"] is None else json.dumps(ended["error"])


def main(program: str, exchanges: str) -> None:
    """Run the program's application, if it defines one, else a plain one for the exchanges."""
    sys.path.insert(0, str(Path(program).parent))
    defined = vars(importlib.import_module(Path(program).stem))
    app = defined.get("app", None) or Runcast()
    signals = _RECEIVED.findall(Path(program).read_text())
    running = _run(app, json.loads(Path(exchanges).read_text()), signals)
    asyncio.run(asyncio.wait_for(running, SECONDS))


if __name__ == "__main__":
    main(*sys.argv[1:])
