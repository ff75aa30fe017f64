"""A user's own table and routes in the same application: a model on Runcast's base, `Db`, who is signed in."""

from collections.abc import AsyncIterator
from typing import Annotated, Any, cast
from uuid import UUID

import httpx2
import pytest
from fastapi import APIRouter, Depends, HTTPException
from pydantic import BaseModel
from sqlalchemy import ForeignKey, Table, select, update
from sqlalchemy.orm import Mapped, mapped_column

from runcast import Db, Runcast, get_current_user, get_optional_user
from runcast.models import Base
from runcast.services.principals import Principal
from tests.conftest import CHEAP_HASHES, SECRET
from tests.tools.clock import FakeClock
from tests.tools.people import SignedIn

User = Annotated[Principal, Depends(get_current_user)]
Visitor = Annotated[Principal | None, Depends(get_optional_user)]


class Board(Base):
    """Whose board it is, and what stands on it."""

    __tablename__ = "test_boards"

    id: Mapped[int] = mapped_column(primary_key=True)
    owner_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    content: Mapped[dict[str, Any]]


# Other tests of this process compare Base's tables with Runcast's own; a product leaves its tables there.
Base.metadata.remove(cast("Table", Board.__table__))


class BoardOut(BaseModel):
    """A board on the wire."""

    id: int
    mine: bool
    content: dict[str, Any]


router = APIRouter(prefix="/boards")


@router.post("", status_code=201)
async def make_board(user: User, db: Db, forget: bool = False) -> BoardOut:
    """Keep an empty board."""
    board = Board(owner_id=user.user_id, content={"lists": []})
    db.add(board)
    await db.flush()
    if not forget:
        await db.commit()
    return BoardOut(id=board.id, mine=True, content=board.content)


@router.post("/{board_id}/cards")
async def add_card(board_id: int, text: str, user: User, db: Db, forget: bool = False) -> BoardOut:
    """Change the document in place, at depth; nothing says that it was changed."""
    board = await db.scalar(select(Board).where(Board.id == board_id))
    if board is None or board.owner_id != user.user_id:
        raise HTTPException(404, "no such board")
    board.content["lists"].append({"cards": [text]})
    board.content["lists"][0]["cards"].reverse()
    if not forget:
        await db.commit()
    return BoardOut(id=board.id, mine=True, content=board.content)


@router.post("/{board_id}/clear")
async def clear_board(board_id: int, _user: User, db: Db) -> int:
    """Send a statement, and forget to commit it."""
    await db.execute(update(Board).where(Board.id == board_id).values(content={}))
    return board_id


@router.get("/{board_id}")
async def read_board(board_id: int, user: Visitor, db: Db) -> BoardOut:
    """Show a board to anyone."""
    board = await db.get(Board, board_id)
    if board is None:
        raise HTTPException(404, "no such board")
    mine = user is not None and board.owner_id == user.user_id
    return BoardOut(id=board.id, mine=mine, content=board.content)


@pytest.fixture
async def app(database_url: str, clock: FakeClock) -> AsyncIterator[Runcast]:
    """Yield a started application that has boards."""
    app = Runcast(database_url=database_url, secret_key=SECRET, clock=clock, **CHEAP_HASHES)
    app.include_router(router)
    async with app.router.lifespan_context(app):
        async with app.state.runtime.database.engine.begin() as connection:
            await connection.run_sync(cast("Table", Board.__table__).create)
        yield app


async def read(client: httpx2.AsyncClient) -> dict[str, Any]:
    """Return the first board as someone sees it."""
    answer = await client.get("/boards/1")
    assert answer.status_code == 200, answer.text
    board: dict[str, Any] = answer.json()
    return board


async def test_a_board_is_kept_beside_runcasts_tables(
    alice: SignedIn, bob: SignedIn, client: httpx2.AsyncClient
) -> None:
    answer = await alice.post("/boards")
    assert answer.status_code == 201, answer.text
    assert (await read(alice))["mine"]
    assert not (await read(bob))["mine"]
    assert not (await read(client))["mine"]


async def test_ones_own_routes_ask_who_it_is(client: httpx2.AsyncClient) -> None:
    answer = await client.post("/boards")
    assert (answer.status_code, answer.json()["code"]) == (401, "unauthenticated")
    answer = await client.get("/boards/1", headers={"Authorization": "Bearer nonsense"})
    assert (answer.status_code, answer.json()["code"]) == (401, "invalid_token")


async def test_ones_own_refusals_are_problems_too(alice: SignedIn) -> None:
    for answer in (await alice.get("/boards/9"), await alice.post("/boards/9/cards?text=a")):
        assert answer.status_code == 404
        assert answer.headers["Content-Type"] == "application/problem+json"
        assert answer.json()["detail"] == "no such board"
    answer = await alice.get("/boards/one")
    assert (answer.status_code, answer.json()["errors"][0]["loc"]) == (422, ["path", "board_id"])


async def test_a_document_changed_in_place_is_saved(alice: SignedIn) -> None:
    await alice.post("/boards")
    for text in ("a", "b"):
        assert (await alice.post("/boards/1/cards", params={"text": text})).status_code == 200
    assert (await read(alice))["content"] == {"lists": [{"cards": ["a"]}, {"cards": ["b"]}]}


@pytest.mark.parametrize(
    "path", ["/boards?forget=true", "/boards/1/cards?text=b&forget=true", "/boards/1/clear"]
)
async def test_a_forgotten_commit_is_a_loud_500_and_nothing_is_kept(
    app: Runcast, alice: SignedIn, caplog: pytest.LogCaptureFixture, path: str
) -> None:
    await alice.post("/boards")
    await alice.post("/boards/1/cards", params={"text": "a"})
    before = await read(alice)
    transport = httpx2.ASGITransport(app, raise_app_exceptions=False)
    async with httpx2.AsyncClient(
        transport=transport, base_url="http://testserver", headers=alice.headers
    ) as crashing:
        answer = await crashing.post(path)
    assert answer.status_code == 500
    assert answer.json() == {
        "type": "about:blank",
        "title": "Internal error",
        "status": 500,
        "detail": "The server failed; its log says why.",
        "code": "internal",
    }
    assert "nobody committed" in caplog.text
    assert await read(alice) == before
    assert (await alice.get("/boards/2")).status_code == 404


async def test_a_session_is_given_back_when_the_request_has_ended(
    app: Runcast, alice: SignedIn
) -> None:
    await alice.post("/boards")
    for _ in range(20):
        await read(alice)
    assert app.state.runtime.database.connections_in_use == 0


async def test_ones_own_boards_go_with_their_owner(app: Runcast, alice: SignedIn) -> None:
    await alice.post("/boards")
    async with app.state.runtime.database.engine.begin() as connection:
        await connection.exec_driver_sql("DELETE FROM users")
        left = await connection.exec_driver_sql("SELECT count(*) FROM test_boards")
        assert left.scalar_one() == 0
