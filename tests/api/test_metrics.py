"""`GET /metrics`: who may read it, and that it tells of what has happened."""

from collections.abc import Callable
from typing import Any

import httpx2
import pytest

from runcast.application import Runcast
from runcast.runtime import Runtime
from tests.conftest import CHEAP_HASHES, SECRET
from tests.tools.administrators import promote
from tests.tools.clock import FakeClock
from tests.tools.people import SignedIn, sign_in
from tests.tools.work import Works, ended, start

TOKEN = "a token of the scraper's"


@pytest.fixture
def prepare(works: Works) -> Callable[[Runcast], None]:
    """Give the application handlers."""
    return works.register


async def test_others_are_refused(
    app: Runcast, client: httpx2.AsyncClient, alice: SignedIn
) -> None:
    assert (await client.get("/metrics")).status_code == 401
    assert (await alice.get("/metrics")).status_code == 403
    basic = {"Authorization": "Basic YTpi"}
    assert (await client.get("/metrics", headers=basic)).status_code == 401


async def test_an_administrator_reads_what_has_happened(
    app: Runcast, alice: SignedIn, works: Works
) -> None:
    await promote(app, alice)
    execution = await start(alice, "echo", input=3)
    await ended(app, alice, execution)
    answer = await alice.get("/metrics")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/plain; version=1.0.0; charset=utf-8"
    text = answer.text
    assert 'runcast_attempt_seconds_count{handler="echo",outcome="succeeded"} 1.0' in text
    assert 'runcast_execution_events_total{kind="started"} 1.0' in text
    assert "runcast_database_up 1.0" in text
    assert 'runcast_queue_depth{handler="echo"} 0.0' in text
    route = 'method="POST",route="/api/executions",status="2xx"'
    assert f"runcast_http_request_seconds_count{{{route}}} 1.0" in text
    assert execution["id"] not in text


@pytest.mark.parametrize(
    ("settings", "header", "status"),
    [
        ({"metrics": "open"}, {}, 200),
        ({"metrics": "off"}, {}, 404),
        ({"metrics_token": TOKEN}, {"Authorization": f"Bearer {TOKEN}"}, 200),
        ({"metrics_token": TOKEN}, {"Authorization": "Bearer another"}, 401),
        ({"metrics": "off", "metrics_token": TOKEN}, {"Authorization": f"Bearer {TOKEN}"}, 404),
    ],
)
async def test_a_setting_says_who_reads_them(
    database_url: str,
    clock: FakeClock,
    settings: dict[str, Any],
    header: dict[str, str],
    status: int,
) -> None:
    app = Runcast(
        database_url=database_url, secret_key=SECRET, clock=clock, **CHEAP_HASHES, **settings
    )
    transport = httpx2.ASGITransport(app)
    async with (
        app.router.lifespan_context(app),
        httpx2.AsyncClient(transport=transport, base_url="http://testserver") as client,
    ):
        assert (await client.get("/metrics", headers=header)).status_code == status
        assert (await client.get("/api/items", headers=header)).status_code == 401


async def test_they_are_told_while_the_database_is_away(app: Runcast, alice: SignedIn) -> None:
    await promote(app, alice)
    assert (await alice.get("/metrics")).status_code == 200
    runtime: Runtime = app.state.runtime

    async def away() -> None:
        raise ConnectionError("the database is away")

    runtime.queue_counts.answer = away  # type: ignore[assignment, method-assign]
    answer = await alice.get("/metrics")
    assert answer.status_code == 200
    assert "runcast_database_up 0.0" in answer.text


async def test_an_application_that_is_opened_again_tells_of_its_new_parts(
    database_url: str, clock: FakeClock
) -> None:
    app = Runcast(
        database_url=database_url, secret_key=SECRET, clock=clock, metrics="open", **CHEAP_HASHES
    )
    for email in ("a@example.com", "b@example.com"):
        async with app.router.lifespan_context(app), sign_in(app, email) as client:
            assert "runcast_executions_watched 0.0" in (await client.get("/metrics")).text
