"""`GET /api/stats`: whose executions it tells of."""

from typing import Any

import httpx2
import pytest

from runcast.application import Runcast
from tests.tools.administrators import promote
from tests.tools.clock import FakeClock
from tests.tools.people import SignedIn
from tests.tools.work import Prepare, Works, ended, start


@pytest.fixture
def prepare() -> Prepare:
    """Give the application handlers."""
    return Works().register


async def read(client: SignedIn, **query: str) -> dict[str, Any]:
    """Return the figures."""
    answer = await client.get("/api/stats", params=query)
    assert answer.status_code == 200, answer.text
    figures: dict[str, Any] = answer.json()
    return figures


async def test_one_sees_ones_own_and_an_administrator_all(
    app: Runcast, alice: SignedIn, bob: SignedIn, clock: FakeClock
) -> None:
    for value in (1, 2):
        await ended(app, alice, await start(alice, "echo", input=value))
    await ended(app, bob, await start(bob, "echo", input=3))
    clock.advance(30)
    own = await read(bob)
    assert (own["scope"], own["sample"]["executions"]) == ("own", 1)
    assert own["states"]["succeeded"] == {"count": 1, "at_least": False}
    await promote(app, bob)
    # What a credential may do is asked anew after two seconds.
    clock.advance(3)
    everything = await read(bob)
    assert everything["scope"] == "all"
    assert everything["states"]["succeeded"] == {"count": 3, "at_least": False}
    assert everything["sample"]["complete"] is True
    assert everything["durations"] == {"count": 3, "p50": 0.0, "p95": 0.0}
    assert sum(minute["ended"] for minute in everything["minutes"]) == 3
    assert len(everything["minutes"]) == 60


async def test_a_team_has_figures_of_its_own_for_its_members(
    app: Runcast, alice: SignedIn, bob: SignedIn
) -> None:
    team = (await alice.post("/api/teams", json={"name": "crew"})).json()["id"]
    await ended(app, alice, await start(alice, "echo", team_id=team))
    figures = await read(alice, team_id=team)
    assert (figures["scope"], figures["states"]["succeeded"]["count"]) == ("team", 1)
    assert (await read(alice))["states"]["succeeded"]["count"] == 0
    assert (await bob.get("/api/stats", params={"team_id": team})).status_code == 404


async def test_a_period_comes_with_a_timeline(
    app: Runcast, alice: SignedIn, clock: FakeClock
) -> None:
    assert (await read(alice))["timeline"] is None
    await ended(app, alice, await start(alice, "echo", input=1))
    await ended(app, alice, await start(alice, "add", input={"numbers": []}))
    clock.advance(60)
    for period, seconds, number in (("hour", 60, 60), ("day", 900, 96), ("week", 7200, 84)):
        figures = await read(alice, period=period, handler="echo")
        timeline = figures["timeline"]
        assert (timeline["period"], timeline["seconds"]) == (period, seconds)
        assert len(timeline["buckets"]) == number
        assert sum(bucket["succeeded"] for bucket in timeline["buckets"]) == 1
        assert figures["states"]["succeeded"] == {"count": 1, "at_least": False}
    both = (await read(alice, period="hour"))["timeline"]["buckets"][-2]
    assert both == {
        "at": "2026-01-01T00:00:00Z",
        "succeeded": 2,
        "failed": 0,
        "cancelled": 0,
        "p50": 0.0,
        "p95": 0.0,
        "queued": 0,
        "at_least": False,
    }


async def test_administrators_choose_between_all_and_their_own(
    app: Runcast, alice: SignedIn, bob: SignedIn, clock: FakeClock
) -> None:
    await ended(app, alice, await start(alice, "echo", input=1))
    assert (await bob.get("/api/stats", params={"scope": "all"})).status_code == 403
    assert (await read(bob, scope="own"))["scope"] == "own"
    await promote(app, bob)
    clock.advance(3)
    for scope, number in (("all", 1), ("own", 0)):
        figures = await read(bob, scope=scope)
        assert (figures["scope"], figures["states"]["succeeded"]["count"]) == (scope, number)


@pytest.mark.parametrize(
    "query",
    [
        {"period": "year"},
        {"scope": "team"},
        {"handler": ""},
        {"team_id": "x"},
        {"colour": "red"},
        {"scope": "own", "team_id": "019b7603-5a00-7000-8000-0c9f4d2a7b61"},
    ],
)
async def test_figures_of_what_is_none_are_refused(alice: SignedIn, query: dict[str, str]) -> None:
    assert (await alice.get("/api/stats", params=query)).status_code == 422


async def test_one_signs_in_to_see_them(client: httpx2.AsyncClient) -> None:
    assert (await client.get("/api/stats")).status_code == 401
