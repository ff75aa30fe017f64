"""Teams of tests, put straight into the database: who may invite whom is tested elsewhere."""

from uuid import UUID, uuid4

from runcast.database import Database, UnitOfWork
from runcast.models import Member, Team
from runcast.services.permissions import Role
from runcast.services.principals import Principal
from tests.tools.rows import MOMENT


async def add_team(database: Database, *members: tuple[UUID, Role]) -> UUID:
    """Keep a team with these members, and return its id."""
    team_id = uuid4()
    async with UnitOfWork(database) as uow:
        uow.session.add(Team(id=team_id, name="crew", created_at=MOMENT))
        await uow.session.flush()
        for user_id, role in members:
            uow.session.add(Member(team_id=team_id, user_id=user_id, role=role, created_at=MOMENT))
    return team_id


async def leave(database: Database, team_id: UUID, user_id: UUID) -> None:
    """End a membership, as from another process."""
    async with UnitOfWork(database) as uow:
        member = await uow.session.get(Member, (team_id, user_id))
        assert member is not None
        await uow.session.delete(member)


def principal(user_id: UUID, *, is_admin: bool = False) -> Principal:
    """Return a user who acts by the local credential, of which there are no rows."""
    return Principal(user_id, "x@example.com", "x", is_admin, None, None)
