"""What is noted of requests and sockets, by an ASGI application around any other."""

import asyncio
import logging
from collections.abc import Iterator
from typing import Any

import httpx2
import pytest
from fastapi import APIRouter, FastAPI
from fastapi.responses import StreamingResponse
from starlette.testclient import TestClient
from starlette.types import Message, Receive, Scope, Send
from starlette.websockets import WebSocket

from runcast import logs
from runcast.ids import TimeOrderedIds
from runcast.metrics import Metrics
from runcast.routes.observing import Observing
from tests.tools.clock import FakeClock

seen: list[str | None] = []


@pytest.fixture
def metrics() -> Metrics:
    """Return fresh meters."""
    return Metrics()


@pytest.fixture
def inner(clock: FakeClock) -> FastAPI:
    """Return an application with routes of every kind."""
    seen.clear()
    app, router = FastAPI(), APIRouter(prefix="/things")

    @router.get("/{thing_id}")
    async def read(thing_id: str) -> str:
        clock.advance(0.25)
        seen.append(logs.request_id.get())
        return thing_id

    @router.get("/{thing_id}/stream")
    async def stream() -> StreamingResponse:
        def chunks() -> Iterator[str]:
            yield str(app.state.metrics.registry.get_sample_value("runcast_streams_open"))

        return StreamingResponse(chunks(), media_type="text/event-stream")

    @app.get("/crash")
    async def crash() -> None:
        raise RuntimeError("broken")

    @app.websocket("/socket")
    async def socket(websocket: WebSocket) -> None:
        await websocket.accept()
        seen.append(logs.request_id.get())
        count = app.state.metrics.registry.get_sample_value("runcast_sockets_open")
        await websocket.send_text(str(count))
        await websocket.close()

    app.include_router(router, prefix="/v1")
    return app


@pytest.fixture
def observing(inner: FastAPI, metrics: Metrics, clock: FakeClock) -> Observing:
    """Return what notes, around it."""
    inner.state.metrics = metrics
    return Observing(inner, metrics, clock, TimeOrderedIds(), access_log=True)


@pytest.fixture
def client(observing: Observing) -> httpx2.AsyncClient:
    """Return a client of it."""
    transport = httpx2.ASGITransport(observing, raise_app_exceptions=False)
    return httpx2.AsyncClient(transport=transport, base_url="http://testserver")


def counted(metrics: Metrics, route: str, status: str) -> float | None:
    """Return how many answers were counted."""
    labels = {"method": "GET", "route": route, "status": status}
    return metrics.registry.get_sample_value("runcast_http_request_seconds_count", labels)


async def test_an_answer_is_counted_by_its_template_with_every_prefix(
    client: httpx2.AsyncClient, metrics: Metrics
) -> None:
    for thing in ("a", "b"):
        await client.get(f"/v1/things/{thing}")
    assert counted(metrics, "/v1/things/{thing_id}", "2xx") == 2
    labels = {"method": "GET", "route": "/v1/things/{thing_id}", "status": "2xx"}
    assert metrics.registry.get_sample_value("runcast_http_request_seconds_sum", labels) == 0.5


async def test_paths_that_nobody_serves_are_one(
    client: httpx2.AsyncClient, metrics: Metrics
) -> None:
    for path in ("/secret-one", "/secret-two"):
        assert (await client.get(path)).status_code == 404
    assert counted(metrics, "unmatched", "4xx") == 2
    assert b"secret" not in metrics.text()


async def test_a_crash_is_counted_and_answered_with_its_id(
    client: httpx2.AsyncClient, metrics: Metrics
) -> None:
    answer = await client.get("/crash", headers={"X-Request-ID": "mine"})
    assert (answer.status_code, answer.headers["x-request-id"]) == (500, "mine")
    assert counted(metrics, "/crash", "5xx") == 1


@pytest.mark.parametrize("given", ["abc-123", "00-4bf92f:1/2=="])
async def test_a_sane_id_of_the_callers_is_kept(client: httpx2.AsyncClient, given: str) -> None:
    answer = await client.get("/v1/things/a", headers={"X-Request-ID": given})
    assert answer.headers.get_list("x-request-id") == [given]
    assert seen == [given]


@pytest.mark.parametrize("given", ["", "a b", "x" * 129, 'a"b', "a\tb"])
async def test_any_other_is_replaced(client: httpx2.AsyncClient, given: str) -> None:
    answer = await client.get("/v1/things/a", headers={"X-Request-ID": given})
    assert len(answer.headers["x-request-id"]) == 32
    assert seen == [answer.headers["x-request-id"]]


async def test_a_stream_is_open_while_it_flows(
    client: httpx2.AsyncClient, metrics: Metrics
) -> None:
    assert (await client.get("/v1/things/a/stream")).text == "1.0"
    assert metrics.registry.get_sample_value("runcast_streams_open") == 0


def test_a_socket_is_open_until_it_ends_and_has_an_id(
    observing: Observing, metrics: Metrics
) -> None:
    with TestClient(observing).websocket_connect("/socket") as socket:
        assert socket.receive_text() == "1.0"
    assert metrics.registry.get_sample_value("runcast_sockets_open") == 0
    assert seen
    assert seen[0] is not None


async def test_the_access_log_has_path_and_template_and_no_query(
    client: httpx2.AsyncClient, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, logger="runcast.access")
    await client.get("/v1/things/a?token=swordfish")
    (record,) = caplog.records
    assert record.getMessage() == "GET /v1/things/a 200 in 250.0 ms"
    fields: Any = getattr(record, "fields", None)
    assert fields == {"route": "/v1/things/{thing_id}", "status": 200, "milliseconds": 250.0}


async def test_a_request_that_a_stop_gives_up_is_told_to_come_back(
    metrics: Metrics, clock: FakeClock
) -> None:
    begun, sent = asyncio.Event(), list[Message]()

    async def endless(_scope: Scope, _receive: Receive, _send: Send) -> None:
        begun.set()
        await asyncio.Event().wait()

    async def nothing() -> Message:
        raise AssertionError("nobody reads the request")

    async def keep(message: Message) -> None:
        sent.append(message)

    observing = Observing(endless, metrics, clock, TimeOrderedIds(), access_log=False)
    scope = {"type": "http", "method": "GET", "path": "/", "headers": []}
    serving = asyncio.create_task(observing(scope, nothing, keep))
    await begun.wait()
    serving.cancel()
    with pytest.raises(asyncio.CancelledError):
        await serving
    assert sent[0]["status"] == 503
    assert b'"code":"restarting"' in sent[1]["body"]
