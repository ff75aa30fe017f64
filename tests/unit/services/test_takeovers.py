"""Ending whatever opens an account: nothing of that person is left, and nothing of others is touched."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import delete, select, text

from runcast.database import UnitOfWork
from runcast.models import SigningKey, Totp
from runcast.runtime import Runtime
from runcast.services import one_time, takeovers
from runcast.services.audit import Actor
from runcast.services.one_time import Purpose
from tests.tools.people import HERE, SignedIn, make_key
from tests.tools.rows import add_of_each_kind

CREDENTIALS = ("runcast_api_keys", "runcast_shares", "runcast_tickets", "runcast_one_time_codes")
WAYS_IN = ("runcast_totp", "runcast_recovery_codes", "runcast_passkeys", "runcast_identities")


async def counts(runtime: Runtime, tables: tuple[str, ...]) -> list[int]:
    """Return how many rows each of the tables has."""
    async with UnitOfWork(runtime.database) as uow:
        found = [await uow.session.scalar(text(f"SELECT count(*) FROM {t}")) for t in tables]
    return [count or 0 for count in found]


async def test_nothing_opens_the_account_any_more_and_others_keep_theirs(
    runtime: Runtime, alice: SignedIn
) -> None:
    await make_key(alice, "items:read")
    async with UnitOfWork(runtime.database) as uow:
        # What is added begins to sign at the same moment.
        await uow.session.execute(delete(SigningKey))
    await add_of_each_kind(runtime.database)
    assert min(await counts(runtime, ("runcast_one_time_codes", *WAYS_IN))) >= 1
    async with UnitOfWork(runtime.database) as uow:
        user_id = await uow.session.scalar(select(Totp.user_id))
        assert isinstance(user_id, UUID)
        lifetime, purpose = timedelta(hours=1), Purpose.RESET_PASSWORD
        await one_time.issue(uow, runtime.clock, purpose, lifetime, user_id=user_id)
        await takeovers.end_credentials(
            uow, runtime.issuer, runtime.credentials, user_id, by=Actor(HERE)
        )
        await takeovers.end_ways_in(uow, user_id)
    assert await counts(runtime, (*CREDENTIALS, *WAYS_IN)) == [1, 0, 0, 1, 0, 0, 0, 0]
