"""What a route may ask for: a unit that commits before the answer, a session that never does, a person."""

from typing import Any
from uuid import uuid4

import httpx2
import pytest
from fastapi import HTTPException
from sqlalchemy import select

from runcast import CurrentUser, Db, OptionalUser, Runcast
from runcast.dependencies import RequestClient, Unit
from runcast.models import Item
from runcast.services.principals import Principal
from tests.tools.people import SignedIn
from tests.tools.rows import MOMENT
from tests.tools.work import Prepare


def _item(user: Principal) -> Item:
    return Item(
        id=uuid4(), owner_id=user.user_id, name="mine", metadata_={"a": {}}, visibility="private",
        version=1, created_at=MOMENT, updated_at=MOMENT,
    )  # fmt: skip


def routes(app: Runcast) -> None:
    """Add routes, one for each thing that can be asked for."""

    @app.post("/unit")
    async def unit(user: CurrentUser, uow: Unit, fail: bool = False) -> dict[str, str]:
        uow.session.add(_item(user))
        if fail:
            raise HTTPException(409)
        return {}

    @app.post("/db")
    async def db(user: CurrentUser, session: Db, commit: bool) -> dict[str, str]:
        session.add(_item(user))
        if commit:
            await session.commit()
        return {}

    @app.get("/me")
    async def me(user: CurrentUser) -> str:
        return user.email

    @app.get("/anyone")
    async def anyone(user: OptionalUser) -> str:
        return "nobody" if user is None else user.email

    @app.get("/client")
    async def client(found: RequestClient) -> list[str]:
        return [found.user_agent, found.address]


@pytest.fixture
def prepare() -> Prepare:
    """Add routes."""
    return routes


async def names(app: Runcast) -> list[str]:
    """Return what is kept."""
    async with app.state.runtime.database.session() as session:
        return list(await session.scalars(select(Item.name)))


async def test_a_unit_is_committed_when_the_request_ends_well(
    app: Runcast, alice: SignedIn
) -> None:
    assert (await alice.post("/unit")).status_code == 200
    assert await names(app) == ["mine"]


async def test_a_unit_is_rolled_back_when_the_request_is_refused(
    app: Runcast, alice: SignedIn
) -> None:
    assert (await alice.post("/unit", params={"fail": True})).status_code == 409
    assert await names(app) == []


async def test_a_session_commits_when_it_is_told_to(app: Runcast, alice: SignedIn) -> None:
    assert (await alice.post("/db", params={"commit": True})).status_code == 200
    assert await names(app) == ["mine"]


async def test_a_session_that_was_not_committed_is_a_crash_and_keeps_nothing(
    app: Runcast, alice: SignedIn
) -> None:
    with pytest.raises(RuntimeError, match="nobody committed"):
        await alice.post("/db", params={"commit": False})
    assert await names(app) == []
    assert app.state.runtime.database.connections_in_use == 0


async def test_one_signs_in_where_a_person_is_asked_for(
    alice: SignedIn, client: httpx2.AsyncClient
) -> None:
    assert (await alice.get("/me")).json() == "alice@example.com"
    answer = await client.get("/me")
    assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, "Bearer")


async def test_anyone_is_let_in_where_a_person_is_optional(
    alice: SignedIn, client: httpx2.AsyncClient
) -> None:
    assert (await alice.get("/anyone")).json() == "alice@example.com"
    assert (await client.get("/anyone")).json() == "nobody"


@pytest.mark.parametrize("header", ["Bearer x", "Bearer", "Bearer ", "Basic YTpi", "x"])
async def test_a_bad_credential_is_never_taken_for_none(
    client: httpx2.AsyncClient, header: str
) -> None:
    for path in ("/me", "/anyone"):
        answer = await client.get(path, headers={"Authorization": header})
        assert answer.status_code == 401
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")


async def test_a_request_tells_from_where_it_comes(client: httpx2.AsyncClient) -> None:
    answer: Any = (await client.get("/client", headers={"User-Agent": "tests"})).json()
    assert answer == ["tests", "127.0.0.1"]


async def test_a_client_that_says_more_of_itself_than_anybody_reads_is_cut_short(
    client: httpx2.AsyncClient,
) -> None:
    answer = await client.get("/client", headers={"User-Agent": "x" * 1000})
    assert answer.json()[0] == "x" * 400
