"""People of the tests who are made administrators."""

from uuid import UUID

from runcast.application import Runcast
from runcast.database import UnitOfWork
from runcast.models import User
from runcast.runtime import Runtime
from tests.tools.people import SignedIn


async def promote(app: Runcast, client: SignedIn) -> None:
    """Make a person an administrator; a credential that is in use hears of it within two seconds."""
    runtime: Runtime = app.state.runtime
    async with UnitOfWork(runtime.database) as uow:
        user = await uow.session.get(User, UUID(client.user["id"]))
        assert user is not None
        user.is_admin = True
