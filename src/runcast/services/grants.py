"""The two grants of the token endpoint (RFC 6749): a password, and a refresh token.

A refresh token is rotated at every use. The previous one gets the same successor again for 30 s (two
tabs, a lost reply) unless that has been used; a genuine older one is a replay and ends the family; a
forged one does nothing (RFC 9700, 4.14.2). See services/refresh_tokens for how they are told apart.
"""

import asyncio
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select, update

from runcast.database import UnitOfWork
from runcast.errors import InvalidGrant
from runcast.models import Session, User
from runcast.services import refresh_tokens, sessions
from runcast.services.addresses import address_key
from runcast.services.audit import Action, Actor
from runcast.services.credentials import Credentials
from runcast.services.factors import second_step
from runcast.services.factors.prover import Prover
from runcast.services.factors.relying_party import RelyingParty
from runcast.services.passwords import Passwords
from runcast.services.principals import Client
from runcast.services.refresh_tokens import RefreshToken, Standing
from runcast.services.sessions import Grant, Issuer, changed

GRACE = timedelta(seconds=30)
# One sentence for every reason: which it was helps only who should not be helped.
WRONG = "Wrong address or password."
DISABLED = "This account is disabled. An administrator can enable it."


async def by_password(
    uow: UnitOfWork,
    issuer: Issuer,
    passwords: Passwords,
    prover: Prover,
    party: RelyingParty | None,
    *,
    email: str,
    password: str,
    client: Client,
) -> Grant:
    """Open a session for the person with this address and password, unless they have a second factor.

    Args:
        party: for whom a passkey could be shown there; None where it cannot.

    Raises:
        MfaRequired: they have one, and are asked for it.
        InvalidGrant: there is none, after the same time whether the address is known or not. Who has the
            right password of an account that is disabled is told so, and nobody else.
        Unavailable: too many are signing in at once.
    """
    user_id, stored = await _find_user(uow, email)
    await uow.commit()
    is_right = await passwords.verify(password, stored, client)
    if not is_right or user_id is None or stored is None:
        raise await _noted(uow, issuer, client, user_id)
    is_outdated = passwords.is_outdated(stored)
    renewed = await passwords.hash(password, client) if is_outdated else stored
    # The password may have been changed, or the account disabled, while it was being verified.
    unchanged = (User.id == user_id, User.password_hash == stored, User.disabled_at.is_(None))
    if not await changed(uow, update(User).where(*unchanged).values(password_hash=renewed)):
        is_disabled = await _is_disabled(uow, user_id, stored)
        raise await _noted(uow, issuer, client, user_id, DISABLED if is_disabled else WRONG)
    await second_step.ask(uow, prover, party, user_id)
    return await sessions.open_session(uow, issuer, user_id, client)


async def by_refresh_token(
    uow: UnitOfWork, issuer: Issuer, credentials: Credentials, text: str, *, client: Client
) -> Grant:
    """Rotate a refresh token; a replay ends its session.

    Raises:
        InvalidGrant: the token signs nobody in.
    """
    token = refresh_tokens.parse(text)
    grant = None
    while token is not None and grant is None:
        # A second round is for who lost a race: the token is then the previous one.
        grant = await _rotated(uow, issuer, credentials, token, client)
    if grant is None:
        raise refused()
    return grant


async def _rotated(
    uow: UnitOfWork,
    issuer: Issuer,
    credentials: Credentials,
    token: RefreshToken,
    client: Client,
) -> Grant | None:
    """Return the successor, or None if another request rotated the token meanwhile."""
    row = await _live_row(uow, issuer, token)
    now = issuer.clock.now()
    standing = await _standing(uow, issuer, token, row)
    if standing is Standing.FORGED:
        raise refused()
    if standing is Standing.OLDER or (
        standing is Standing.PREVIOUS and now > row.rotated_at + GRACE
    ):
        await sessions.end_family(
            uow, issuer, credentials, token.session_id, user_id=row.user_id, client=client
        )
        await uow.commit()
        raise refused()
    successor = token.successor(issuer.refresh_key)
    if standing is Standing.CURRENT and not await _rotate(uow, token, successor, now):
        return None
    return sessions.grant(issuer, successor, row.user_id, row.expires_at)


async def _is_disabled(uow: UnitOfWork, user_id: UUID, stored: str) -> bool:
    proved = (User.id == user_id, User.password_hash == stored, User.disabled_at.is_not(None))
    return await uow.session.scalar(select(User.id).where(*proved)) is not None


async def _noted(
    uow: UnitOfWork, issuer: Issuer, client: Client, user_id: UUID | None, detail: str = WRONG
) -> InvalidGrant:
    """Note a failed sign-in, and return its refusal.

    Of an address without an account nothing is kept: it may be a password, typed in the wrong field.
    """
    subject = None if user_id is None else f"user {user_id}"
    await issuer.audit.note(uow, Action.SIGN_IN_FAILED, Actor(client), subject=subject)
    await uow.commit()
    return InvalidGrant(detail)


async def _find_user(uow: UnitOfWork, email: str) -> tuple[UUID | None, str | None]:
    key = address_key(email)
    if key is None:
        return None, None
    query = select(User.id, User.password_hash).where(User.email_key == key)
    row = (await uow.session.execute(query)).first()
    return (None, None) if row is None else (row.id, row.password_hash)


async def _live_row(uow: UnitOfWork, issuer: Issuer, token: RefreshToken) -> Row[Any]:
    query = sessions.live(issuer).where(Session.id == token.session_id)
    row: Row[Any] | None = (await uow.session.execute(query)).first()
    if row is None:
        raise refused()
    return row


async def _standing(
    uow: UnitOfWork, issuer: Issuer, token: RefreshToken, row: Row[Any]
) -> Standing:
    if row.generation - token.generation < 2:
        return refresh_tokens.standing(token, issuer.refresh_key, row.generation, row.refresh_hash)
    # Many steps forward take milliseconds: off the loop, and with no connection held meanwhile.
    await uow.commit()
    return await asyncio.to_thread(
        refresh_tokens.standing, token, issuer.refresh_key, row.generation, row.refresh_hash
    )


async def _rotate(
    uow: UnitOfWork, token: RefreshToken, successor: RefreshToken, now: datetime
) -> bool:
    return await changed(
        uow,
        update(Session)
        .where(
            Session.id == token.session_id,
            Session.refresh_hash == token.hash,
            Session.ended_at.is_(None),
        )
        .values(
            refresh_hash=successor.hash,
            generation=successor.generation,
            rotated_at=now,
            last_used_at=now,
        ),
    )


def refused() -> InvalidGrant:
    """Return the one refusal of tokens and codes that sign nobody in."""
    return InvalidGrant("The credentials are not, or no longer, good.")
