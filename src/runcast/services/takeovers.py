"""Ending whatever opens an account, when somebody proves that it is theirs and others may have been in it."""

from uuid import UUID

from sqlalchemy import delete

from runcast.clock import Clock
from runcast.database import UnitOfWork
from runcast.models import (
    ApiKey,
    Identity,
    OneTimeCode,
    Passkey,
    RecoveryCode,
    Share,
    Ticket,
    Totp,
)
from runcast.services import sessions, ways_in
from runcast.services.audit import Actor
from runcast.services.credentials import Credentials
from runcast.services.sessions import Issuer

_CREDENTIALS = (ApiKey, Ticket, OneTimeCode)
_FACTORS = (Identity, Passkey, Totp, RecoveryCode)


async def end_credentials(
    uow: UnitOfWork, issuer: Issuer, credentials: Credentials, user_id: UUID, *, by: Actor
) -> None:
    """End every session, key, share link, ticket and code of a person."""
    ended = await _end_what_was_handed_out(uow, user_id)
    uow.after_commit(lambda: credentials.forget(ended))
    # The last, because a code that is waited for here may be opening one.
    await sessions.end_all(uow, issuer, credentials, user_id, by=by)


async def end_credentials_elsewhere(uow: UnitOfWork, clock: Clock, user_id: UUID) -> None:
    """End the same from a process that serves nobody; those that do hear of it within two seconds."""
    await _end_what_was_handed_out(uow, user_id)
    await sessions.end_every(uow, clock, user_id)


async def _end_what_was_handed_out(uow: UnitOfWork, user_id: UUID) -> list[UUID]:
    """End all but the sessions, and return the share links."""
    await ways_in.hold(uow, user_id)
    for model in _CREDENTIALS:
        await uow.session.execute(delete(model).where(model.user_id == user_id))
    theirs = delete(Share).where(Share.created_by == user_id).returning(Share.id)
    return list(await uow.session.scalars(theirs))


async def end_ways_in(uow: UnitOfWork, user_id: UUID) -> None:
    """End all by which somebody signs in besides the password.

    For an address that was never verified: whoever registered it may have been anybody, and would come
    back by a passkey or a provider of theirs.
    """
    await ways_in.hold(uow, user_id)
    for model in _FACTORS:
        await uow.session.execute(delete(model).where(model.user_id == user_id))
