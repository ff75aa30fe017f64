"""What is public now is told for many executions at once."""

from uuid import UUID, uuid4

import pytest

from runcast.application import Runcast
from runcast.services.visibility import still_public
from tests.tools.people import SignedIn
from tests.tools.work import LATER, Prepare, Works, start, start_item


@pytest.fixture
def prepare() -> Prepare:
    """Register handlers."""
    return Works().register


async def test_those_of_public_items_are_public_until_the_item_is_not(
    app: Runcast, alice: SignedIn
) -> None:
    database = app.state.runtime.database
    public = await start_item(alice, handler="hold", visibility="public")
    private = await start_item(alice, handler="hold")
    alone = await start(alice, "hold", run_at=LATER)
    ids = [UUID(execution["id"]) for execution in (public, private, alone)] + [uuid4()]
    assert await still_public(database, ids) == {ids[0]}
    await alice.patch(f"/api/items/{public['item_id']}", json={"visibility": "private"})
    assert await still_public(database, ids) == set()
    assert await still_public(database, []) == set()


async def test_more_can_be_asked_for_than_sqlite_takes_parameters(app: Runcast) -> None:
    runtime = app.state.runtime
    many = [uuid4() for _ in range(40_000)]
    assert await still_public(runtime.database, many) == set()
    assert await runtime.reader.heads(many) == {}
