"""By what somebody sees an execution, and which of that still holds, asked for many at once."""

from dataclasses import fields, replace
from typing import Any
from uuid import UUID, uuid4

import pytest

from runcast.application import Runcast
from runcast.database import Database
from runcast.services.executions import ExecutionView
from runcast.services.permissions import Relation, Role, Standing
from runcast.services.visibility import Ground, Membership, Public, ground, still_holding
from tests.tools.people import SignedIn
from tests.tools.rows import add_user
from tests.tools.teams import add_team, leave, principal
from tests.tools.work import LATER, Prepare, Works, start, start_item

ADA, TEAM, EXECUTION = (uuid4() for _ in range(3))
_NOTHING: dict[str, Any] = dict.fromkeys(field.name for field in fields(ExecutionView))
VIEW = ExecutionView(**{**_NOTHING, "id": EXECUTION})


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
    grounds = [Public(id_) for id_ in ids]
    assert await still_holding(database, grounds) == {grounds[0]}
    await alice.patch(f"/api/items/{public['item_id']}", json={"visibility": "private"})
    assert await still_holding(database, grounds) == set()
    assert await still_holding(database, []) == set()


async def test_members_are_told_from_those_who_left_and_from_members_elsewhere(
    database: Database,
) -> None:
    ada, bob = await add_user(database), await add_user(database)
    one = await add_team(database, (ada, Role.OWNER), (bob, Role.VIEWER))
    other = await add_team(database, (bob, Role.OWNER))
    asked = [
        Membership(team, user, EXECUTION) for team in (one, other, uuid4()) for user in (ada, bob)
    ]
    assert await still_holding(database, asked) == {asked[0], asked[1], asked[3]}
    await leave(database, one, bob)
    assert await still_holding(database, asked) == {asked[0], asked[3]}


async def test_whose_membership_has_ended_sees_what_is_public(
    app: Runcast, alice: SignedIn
) -> None:
    database = app.state.runtime.database
    public = await start_item(alice, handler="hold", visibility="public")
    private = await start_item(alice, handler="hold")
    ids = [UUID(execution["id"]) for execution in (public, private)]
    asked = [Membership(uuid4(), ADA, id_) for id_ in ids]
    assert await still_holding(database, asked) == {Public(ids[0])}


@pytest.mark.parametrize(
    ("relations", "expected"),
    [
        ({Relation.OWNER}, None),
        ({Relation.OWNER, Relation.PUBLIC}, None),
        ({Relation.ADMINISTRATOR, Relation.TEAM_VIEWER}, None),
        ({Relation.SHARED, Relation.PUBLIC}, None),
        ({Relation.TEAM_VIEWER}, Membership(TEAM, ADA, EXECUTION)),
        ({Relation.TEAM_OWNER, Relation.PUBLIC}, Membership(TEAM, ADA, EXECUTION)),
        ({Relation.PUBLIC}, Public(EXECUTION)),
    ],
)
def test_what_may_end_by_itself_is_the_ground(
    relations: set[Relation], expected: Ground | None
) -> None:
    inside = relations != {Relation.PUBLIC}
    view = replace(VIEW, team_id=TEAM if inside else None, standing=Standing(frozenset(relations)))
    assert ground(view, principal(ADA)) == expected


def test_nobody_sees_it_but_because_it_is_public() -> None:
    view = replace(VIEW, standing=Standing(frozenset({Relation.PUBLIC})))
    assert ground(view, None) == Public(EXECUTION)


async def test_more_can_be_asked_for_than_sqlite_takes_parameters(app: Runcast) -> None:
    runtime = app.state.runtime
    many = [uuid4() for _ in range(40_000)]
    assert await still_holding(runtime.database, [Public(id_) for id_ in many]) == set()
    assert await runtime.reader.heads(many) == {}
