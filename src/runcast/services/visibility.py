"""By what somebody sees an execution, where that may end while they watch; asked for many at once."""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from runcast.database import Database
from runcast.database.any_of import any_of
from runcast.database.prepared_reads import PreparedRead
from runcast.models import Execution, Item, Member
from runcast.services.executions import ExecutionView
from runcast.services.permissions import Relation
from runcast.services.principals import Principal, Viewer

_PUBLIC = PreparedRead(
    select(Execution.id)
    .join(Item, Item.id == Execution.item_id)
    .where(any_of(Execution.id, "ids"), Item.visibility == "public")
)
_MEMBERS = PreparedRead(
    select(Member.team_id, Member.user_id).where(
        any_of(Member.team_id, "teams"), any_of(Member.user_id, "users")
    )
)


@dataclass(frozen=True, slots=True)
class Public:
    """It is seen because its item is public."""

    execution_id: UUID


@dataclass(frozen=True, slots=True)
class Membership:
    """It is seen because somebody is in its team, whatever their role is."""

    team_id: UUID
    user_id: UUID
    execution_id: UUID


Ground = Public | Membership


def ground(view: ExecutionView, viewer: Viewer | None) -> Ground | None:
    """Return by what this viewer sees the execution.

    None if that cannot end but with their credential: it is their own, they act as an administrator,
    or they have a link, which is one.
    """
    relations = view.standing.relations
    if not relations.isdisjoint({Relation.OWNER, Relation.ADMINISTRATOR, Relation.SHARED}):
        return None
    if isinstance(viewer, Principal) and view.team_id is not None:
        return Membership(view.team_id, viewer.user_id, view.id)
    return Public(view.id)


async def still_holding(database: Database, grounds: Collection[Ground]) -> set[Ground]:
    """Return those of these grounds that still hold; asks nothing for none.

    In place of a membership that has ended, that the execution is public, where it is.
    """
    memberships = {each for each in grounds if isinstance(each, Membership)}
    held = await _memberships(database, memberships)
    public = {each for each in grounds if isinstance(each, Public)}
    public |= {Public(each.execution_id) for each in memberships - held}
    return {*held, *await _public(database, public)}


async def _public(database: Database, grounds: Collection[Public]) -> set[Public]:
    if not grounds:
        return set()
    ids = {each.execution_id for each in grounds}
    return {Public(row[0]) for row in await database.fetch(_PUBLIC, ids=ids)}


async def _memberships(database: Database, grounds: Collection[Membership]) -> set[Membership]:
    if not grounds:
        return set()
    teams, users = {each.team_id for each in grounds}, {each.user_id for each in grounds}
    rows = await database.fetch(_MEMBERS, teams=teams, users=users)
    members = {(row[0], row[1]) for row in rows}
    return {each for each in grounds if (each.team_id, each.user_id) in members}
