"""Which executions anyone may still see."""

from uuid import UUID, uuid4

from runcast.application import Runcast
from runcast.services import visibility
from tests.tools.people import SignedIn
from tests.tools.rows import add_execution


async def test_only_executions_of_public_items_are_public(app: Runcast, alice: SignedIn) -> None:
    database = app.state.runtime.database
    ids = {}
    for kind in ("public", "private"):
        made = await alice.post("/api/items", json={"name": "a", "visibility": kind})
        item_id = UUID(made.json()["id"])
        ids[kind] = await add_execution(database, UUID(alice.user["id"]), item_id, "running")
    asked = [*ids.values(), uuid4()]
    assert await visibility.still_public(database, asked) == {ids["public"]}
    assert await visibility.still_public(database, []) == set()


async def test_more_can_be_asked_for_than_sqlite_takes_parameters(app: Runcast) -> None:
    many = [uuid4() for _ in range(40_000)]
    assert await visibility.still_public(app.state.runtime.database, many) == set()
    assert await app.state.runtime.reader.heads(many) == {}
