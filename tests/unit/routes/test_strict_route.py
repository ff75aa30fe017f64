"""A body is bounded however it arrives, and a client that leaves in the middle of it is no crash."""

import threading
from collections.abc import AsyncIterator
from types import SimpleNamespace
from typing import Any

import httpx2
import pytest
from fastapi import FastAPI
from starlette.types import Message

from runcast import strict_json
from runcast.clock import SystemClock
from runcast.rates import Rates
from runcast.routes import problems, strict_route
from runcast.routes.strict_route import MAX_BODY_BYTES

JSON = {"Content-Type": "application/json"}


@pytest.fixture
def app() -> FastAPI:
    """Return an application with one endpoint, which answers how long its body is."""
    app = FastAPI()
    # What cannot be read is counted: here, without a limit.
    app.state.runtime = SimpleNamespace(rates=Rates({}, SystemClock(), b""))
    problems.install(app)
    router = strict_route.router("/bodies", "bodies")

    @router.post("")
    async def measure(body: dict[str, str]) -> int:
        return sum(map(len, body.values()))

    app.include_router(router)
    return app


async def chunks(size: int) -> AsyncIterator[bytes]:
    """Yield an object of exactly this many bytes, in pieces, with no length announced."""
    yield b'{"x":"'
    left = size - len(b'{"x":""}')
    while left:
        piece = min(left, 2**16)
        yield b"x" * piece
        left -= piece
    yield b'"}'


@pytest.mark.parametrize(("size", "status"), [(MAX_BODY_BYTES, 200), (MAX_BODY_BYTES + 1, 413)])
async def test_a_body_without_a_length_is_bounded_too(app: FastAPI, size: int, status: int) -> None:
    transport = httpx2.ASGITransport(app)
    async with httpx2.AsyncClient(transport=transport, base_url="http://testserver") as client:
        answer = await client.post("/api/bodies", content=chunks(size), headers=JSON)
    assert answer.status_code == status
    if status == 413:
        assert answer.headers["Content-Type"] == "application/problem+json"
        assert answer.json()["code"] == "too_large"


@pytest.mark.parametrize("size", [100, strict_json.MAX_ON_THE_LOOP + 1])
async def test_a_large_body_is_read_in_a_thread(
    app: FastAPI, monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    here = threading.get_ident()
    on_the_loop: list[bool] = []
    read = strict_json.loads

    def noting(text: bytes) -> Any:
        on_the_loop.append(threading.get_ident() == here)
        return read(text)

    monkeypatch.setattr(strict_json, "loads", noting)
    transport = httpx2.ASGITransport(app)
    async with httpx2.AsyncClient(transport=transport, base_url="http://testserver") as client:
        answer = await client.post("/api/bodies", content=chunks(size), headers=JSON)
    assert (answer.status_code, on_the_loop) == (200, [size == 100])


async def test_a_client_that_leaves_in_the_middle_of_its_body_is_no_crash(
    app: FastAPI, caplog: pytest.LogCaptureFixture
) -> None:
    arriving: list[Message] = [
        {"type": "http.request", "body": b'{"x":', "more_body": True},
        {"type": "http.disconnect"},
    ]
    sent: list[Message] = []

    async def receive() -> Message:
        return arriving.pop(0)

    async def send(message: Message) -> None:
        sent.append(message)

    scope: dict[str, Any] = {
        "type": "http",
        "method": "POST",
        "path": "/api/bodies",
        "raw_path": b"/api/bodies",
        "root_path": "",
        "scheme": "http",
        "query_string": b"",
        "headers": [(b"content-type", b"application/json")],
        "server": ("testserver", 80),
        "client": ("127.0.0.1", 1),
        "http_version": "1.1",
    }
    await app(scope, receive, send)
    assert sent[0]["status"] == 400
    assert caplog.records == []
