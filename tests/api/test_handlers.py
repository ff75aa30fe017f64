"""What can run, and where: handlers and workers as they are announced."""

from typing import Any

import httpx2
import pytest

from runcast import Run, Runcast
from tests.conftest import CHEAP_HASHES, SECRET
from tests.tools.clock import FakeClock
from tests.tools.people import SignedIn, password_grant
from tests.tools.work import Prepare, Sum, Works, start


@pytest.fixture
def prepare(works: Works) -> Prepare:
    """Register handlers."""
    return works.register


async def listed(client: httpx2.AsyncClient, what: str = "handlers") -> dict[str, Any]:
    """Return all that is listed, by name."""
    answer = await client.get(f"/api/{what}")
    assert answer.status_code == 200, answer.text
    assert answer.json()["next_cursor"] is None
    return {one["name"]: one for one in answer.json()["items"]}


async def test_handlers_are_listed_with_the_schema_of_their_input(alice: SignedIn) -> None:
    handlers = await listed(alice)
    assert list(handlers) == ["add", "echo", "hold", "linger", "make"]
    assert handlers["add"] == {
        "name": "add",
        "version": None,
        "description": "Add numbers up.",
        "input_schema": Sum.model_json_schema(),
        "options": {"retries": 3, "timeout": None, "priority": 7},
        "live": True,
    }
    assert handlers["hold"]["input_schema"] == {}


@pytest.mark.parametrize("what", ["handlers", "workers"])
async def test_one_signs_in_to_see_them(client: httpx2.AsyncClient, what: str) -> None:
    assert (await client.get(f"/api/{what}")).status_code == 401


async def renamed(_run: Run) -> None:
    """Return nothing."""


async def test_a_handler_that_nobody_has_any_more_is_known_and_not_live(
    database_url: str, clock: FakeClock
) -> None:
    async def generation(handler: Any) -> None:
        app = Runcast(database_url=database_url, secret_key=SECRET, clock=clock, **CHEAP_HASHES)
        app.handler(handler)
        async with app.router.lifespan_context(app):
            await look(app)

    async def look(app: Runcast) -> None:
        transport = httpx2.ASGITransport(app)
        async with httpx2.AsyncClient(transport=transport, base_url="http://testserver") as client:
            person = {"email": "a@example.com", "password": "correct horse battery staple"}
            await client.post("/api/auth/register", json=person)
            tokens = await password_grant(client, person["email"])
            client.headers["Authorization"] = f"Bearer {tokens['access_token']}"
            seen.append({name: one["live"] for name, one in (await listed(client)).items()})
            execution = await start(client, "hold")
            assert execution["handler"] == "hold"

    seen: list[dict[str, bool]] = []
    await generation(Works().hold)
    await generation(renamed)
    assert seen == [{"hold": True}, {"hold": False, "renamed": True}]
