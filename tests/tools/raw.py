"""Requests as bytes: what no well-behaved client sends, handed to an application as a server would."""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

from fastapi import FastAPI
from starlette.types import Message

Headers = Sequence[tuple[bytes, bytes]]


@dataclass(slots=True)
class Answer:
    """What came back."""

    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""

    @property
    def media_type(self) -> str:
        """The content type without its parameters."""
        return self.headers.get("content-type", "").partition(";")[0]


async def send(
    app: FastAPI,
    method: str,
    target: bytes,
    headers: Headers = (),
    body: Iterable[bytes] = (),
) -> Answer:
    """Return the answer to a request; what crashes the application is raised.

    Args:
        target: path and query as they stand in the request line.
        body: the chunks in which it arrives.
    """
    arriving = [{"type": "http.request", "body": chunk, "more_body": True} for chunk in body]
    arriving.append({"type": "http.request", "body": b"", "more_body": False})
    answer, answered = Answer(), asyncio.Event()

    async def receive() -> Message:
        if arriving:
            return arriving.pop(0)
        await answered.wait()
        return {"type": "http.disconnect"}

    async def take(message: Message) -> None:
        if message["type"] == "http.response.start":
            answer.status = message["status"]
            answer.headers = {k.decode().lower(): v.decode() for k, v in message["headers"]}
        elif message["type"] == "http.response.body":
            answer.body += message.get("body", b"")
            if not message.get("more_body", False):
                answered.set()

    await app(_scope(method, target, headers), receive, take)
    return answer


def _scope(method: str, target: bytes, headers: Headers) -> dict[str, Any]:
    path, _, query = target.partition(b"?")
    return {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": unquote(path.decode("latin-1")),
        "raw_path": path,
        "query_string": query,
        "root_path": "",
        "headers": [(name.lower(), value) for name, value in headers],
        "client": ("127.0.0.1", 1),
        "server": ("testserver", 80),
    }
