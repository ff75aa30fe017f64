"""A worker's port: what it answers, to whom, and when."""

import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx2
import pytest

from runcast.application import Runcast
from runcast.cli.listening import listen
from runcast.cli.worker_port import WorkerPort
from tests.conftest import CHEAP_HASHES, SECRET

TOKEN = "the scraper's own token"


@pytest.fixture
def app(database_url: str) -> Runcast:
    """Return an application that nobody has opened, with a token for the scraper."""
    return Runcast(
        database_url=database_url, secret_key=SECRET, metrics_token=TOKEN, **CHEAP_HASHES
    )


@asynccontextmanager
async def asking(url: str) -> AsyncIterator[httpx2.AsyncClient]:
    """Yield a client of a port."""
    async with httpx2.AsyncClient(base_url=url, timeout=10, trust_env=False) as client:
        yield client


@pytest.fixture
async def port(app: Runcast) -> AsyncIterator[WorkerPort]:
    """Yield the port of an open application."""
    port = WorkerPort(listen("127.0.0.1", 0), app)
    async with app.router.lifespan_context(app):
        await port.start()
        yield port
    await port.stop()


async def test_it_says_that_the_worker_lives_and_is_ready(port: WorkerPort) -> None:
    async with asking(port.url) as client:
        for path in ("/health/live", "/health/ready"):
            answer = await client.get(path)
            assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


async def test_it_says_so_when_the_worker_stops(app: Runcast, port: WorkerPort) -> None:
    app.begin_stop()
    async with asking(port.url) as client:
        answer = await client.get("/health/ready")
        assert (answer.status_code, answer.json()["code"]) == (503, "restarting")
        assert (await client.get("/health/live")).status_code == 200


async def test_metrics_are_for_whom_they_are_elsewhere(port: WorkerPort) -> None:
    async with asking(port.url) as client:
        assert (await client.get("/metrics")).status_code == 401
        answer = await client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
        assert answer.status_code == 200
        assert "runcast_database_up 1.0" in answer.text


@pytest.mark.parametrize("path", ["/api/items", "/api/workers", "/docs", "/openapi.json", "/"])
async def test_nothing_else_is_there(port: WorkerPort, path: str) -> None:
    async with asking(port.url) as client:
        answer = await client.get(path, headers={"Authorization": f"Bearer {TOKEN}"})
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


async def test_it_answers_until_it_is_stopped_and_listens_no_more(app: Runcast) -> None:
    port = WorkerPort(listen("127.0.0.1", 0), app)
    async with app.router.lifespan_context(app):
        await port.start()
    async with asking(port.url) as client:
        assert (await client.get("/health/live")).status_code == 200
    url = port.url
    await port.stop()
    await port.stop()
    async with asking(url) as client:
        with pytest.raises(httpx2.ConnectError):
            await client.get("/health/live")


async def test_one_that_never_started_is_stopped_too(app: Runcast) -> None:
    listener = listen("127.0.0.1", 0)
    await WorkerPort(listener, app).stop()
    assert listener.fileno() == -1


def test_an_address_of_ip_version_6_is_one_that_can_be_opened(app: Runcast) -> None:
    if not socket.has_dualstack_ipv6():
        pytest.skip("this machine has no IP version 6")
    with listen("::1", 0) as listener:
        assert WorkerPort(listener, app).url.startswith("http://[::1]:")
