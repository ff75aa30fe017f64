"""The health endpoints."""

import httpx2


async def test_a_started_application_is_ready(client: httpx2.AsyncClient) -> None:
    answer = await client.get("/health/ready")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


async def test_an_unknown_path_under_api_is_a_problem_whatever_is_accepted(
    client: httpx2.AsyncClient,
) -> None:
    answer = await client.get("/api/nothing", headers={"Accept": "text/html"})
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"
