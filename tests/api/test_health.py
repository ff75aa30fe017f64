"""The health endpoints."""

import httpx2

from runcast.application import Runcast
from tests.tools.people import SignedIn


async def test_a_started_application_is_ready(client: httpx2.AsyncClient) -> None:
    answer = await client.get("/health/ready")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


async def test_one_that_stops_is_alive_and_no_longer_ready(
    app: Runcast, client: httpx2.AsyncClient
) -> None:
    app.begin_stop()
    answer = await client.get("/health/ready")
    assert (answer.status_code, answer.json()["title"]) == (503, "Restarting")
    assert (await client.get("/health/live")).status_code == 200


async def test_one_that_drains_is_not_ready_and_serves_as_before(
    app: Runcast, alice: SignedIn
) -> None:
    app.begin_drain()
    answer = await alice.get("/health/ready")
    assert (answer.status_code, answer.json()["code"]) == (503, "restarting")
    assert answer.json()["detail"].startswith("draining")
    assert (await alice.get("/health/live")).status_code == 200
    assert (await alice.get("/api/items")).status_code == 200


async def test_an_unknown_path_under_api_is_a_problem_whatever_is_accepted(
    client: httpx2.AsyncClient,
) -> None:
    answer = await client.get("/api/nothing", headers={"Accept": "text/html"})
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"
