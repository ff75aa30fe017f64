"""The one table of rights, written out: who may do what to which thing."""

from uuid import UUID, uuid4

import pytest

from runcast.errors import Forbidden, NotFound, Unauthenticated
from runcast.services.permissions import (
    OWN,
    Relation,
    Right,
    Role,
    Standing,
    Thing,
    permit,
    standing,
)
from runcast.services.principals import Shared, Viewer
from tests.tools.teams import principal

ME, OTHER, TEAM, EXECUTION = (uuid4() for _ in range(4))
SOMEONE, ADMIN = principal(ME), principal(ME, is_admin=True)
LINK = Shared(uuid4(), EXECUTION, None)
OWN_THING = Thing(owner_id=ME)
OTHERS = Thing(owner_id=OTHER)


def of_team(role: Role | None, made_by: UUID = ME, *, is_public: bool = False) -> Thing:
    """Return something of a team in which the viewer has this role."""
    return Thing(made_by, TEAM, role, is_public)


def rights(viewer: Viewer | None, thing: Thing | None) -> str:
    """Return what the viewer may do, as the first letters."""
    found = standing(viewer, thing)
    return "".join(
        right[0] if right is not Right.START else "S" for right in Right if found.may(right)
    )


@pytest.mark.parametrize(
    ("viewer", "thing", "expected"),
    [
        (SOMEONE, OWN_THING, "sSawpdm"),
        (SOMEONE, OTHERS, ""),
        (SOMEONE, None, ""),
        (None, OTHERS, ""),
        (None, None, ""),
        (None, Thing(owner_id=None), ""),
        (None, Thing(OTHER, is_public=True), "s"),
        (SOMEONE, Thing(OTHER, is_public=True), "s"),
        (SOMEONE, of_team(Role.VIEWER), "s"),
        (SOMEONE, of_team(Role.OPERATOR), "sSaw"),
        (SOMEONE, of_team(Role.OWNER), "sSawpdm"),
        (SOMEONE, of_team(Role.OWNER, OTHER), "sSawpdm"),
        (SOMEONE, of_team(None), ""),
        (SOMEONE, of_team(None, is_public=True), "s"),
        (ADMIN, OWN_THING, "sSawpdm"),
        (ADMIN, OTHERS, "sam"),
        (ADMIN, of_team(None), "sam"),
        (ADMIN, of_team(Role.OPERATOR), "sSawm"),
        (ADMIN, None, ""),
        (LINK, Thing(OTHER, execution_id=EXECUTION), "s"),
        (LINK, Thing(OTHER, execution_id=uuid4()), ""),
        (LINK, Thing(LINK.share_id), ""),
    ],
)
def test_who_may_do_what(viewer: Viewer | None, thing: Thing | None, expected: str) -> None:
    assert rights(viewer, thing) == expected


def test_who_made_what_is_a_teams_has_no_right_by_that() -> None:
    with pytest.raises(NotFound):
        permit(SOMEONE, of_team(None, ME), Right.SEE, "item")


def test_what_one_may_not_see_is_not_there() -> None:
    refusals = []
    for thing in (OTHERS, None):
        with pytest.raises(NotFound) as refused:
            permit(SOMEONE, thing, Right.DELETE, "item")
        refusals.append(refused.value.detail)
    assert refusals == ["no such item"] * 2


def test_nobody_is_asked_to_sign_in_whether_it_exists_or_not() -> None:
    for thing in (OTHERS, None):
        with pytest.raises(Unauthenticated):
            permit(None, thing, Right.SEE, "item")


def test_what_one_sees_but_may_not_do_is_forbidden() -> None:
    with pytest.raises(Forbidden, match="may see this item, and not publish it"):
        permit(SOMEONE, of_team(Role.OPERATOR), Right.PUBLISH, "item")


def test_who_may_is_told_how_they_stand() -> None:
    assert permit(SOMEONE, OWN_THING, Right.DELETE, "item") == OWN


def test_insiders_are_told_names_and_the_public_is_not() -> None:
    insiders = {relation for relation in Relation if Standing(frozenset({relation})).is_insider}
    assert set(Relation) - insiders == {Relation.SHARED, Relation.PUBLIC}


def test_what_an_administrator_may_only_as_one_is_told_apart() -> None:
    others, operators = standing(ADMIN, OTHERS), standing(ADMIN, of_team(Role.OPERATOR))
    assert others.only_as_administrator(Right.ACT)
    assert not others.only_as_administrator(Right.DELETE)
    assert not operators.only_as_administrator(Right.ACT)
    assert operators.only_as_administrator(Right.MANAGE)
