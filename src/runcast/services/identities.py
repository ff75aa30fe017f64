"""Who people are elsewhere: signing in by it, making accounts of it, linking it, taking it away.

An account is found by issuer and subject alone. An address leads to no account, because whoever made the
account may be somebody else than who proves the address now (pre-hijacking, and the other way round).
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError

from runcast.database import UnitOfWork
from runcast.errors import (
    AccountExists,
    AddressNotVerified,
    Conflict,
    Forbidden,
    IdentityTaken,
    NotFound,
    SignInRefused,
    Unprocessable,
)
from runcast.models import Identity, Session, User
from runcast.services import acting, sessions, users, ways_in
from runcast.services.addresses import Address, parse_address
from runcast.services.audit import Action, Actor
from runcast.services.mail import notices
from runcast.services.mail.mailer import Mailer
from runcast.services.mail.notices import Notice
from runcast.services.pages import Cursors, before, newest_page
from runcast.services.principals import Client
from runcast.services.providers.base import ProvedIdentity, Provider
from runcast.services.providers.journeys import Journey
from runcast.services.sessions import Issuer, changed
from runcast.services.users import Registrar


@dataclass(frozen=True, slots=True)
class IdentityView:
    """One identity as its owner sees it; `email` is what the provider said last."""

    id: UUID
    provider: str
    email: str | None
    created_at: datetime
    last_used_at: datetime


async def user_of(
    uow: UnitOfWork,
    registrar: Registrar,
    provider: Provider,
    proved: ProvedIdentity,
    client: Client,
) -> UUID:
    """Return whom somebody with this identity signs in as; an account is made where there may be one.

    Raises:
        SignInRefused: the account is disabled, or the identity was taken away just now.
        AccountExists: the address is that of an account that this identity is not linked with.
        AddressNotVerified: the provider vouches for no address.
        Forbidden: no accounts are made here.
    """
    found = await _find(uow, proved)
    if found is None:
        return await _sign_up(uow, registrar, provider, proved, client)
    await ways_in.hold(uow, found.user_id)
    user_id = await uow.session.scalar(
        select(User.id).where(User.id == found.user_id, User.disabled_at.is_(None))
    )
    if user_id is None:
        raise SignInRefused("this account is disabled")
    if not await _note_use(uow, found.id, proved, registrar.clock.now()):
        raise SignInRefused("this identity was taken away from the account just now")
    return user_id


async def link(
    uow: UnitOfWork,
    issuer: Issuer,
    mailer: Mailer,
    journey: Journey,
    *,
    proved: ProvedIdentity,
    client: Client,
) -> None:
    """Link an identity with the account that a journey was begun for, if its session still holds.

    Raises:
        SignInRefused: the session has ended.
        IdentityTaken: it is linked with another account.
    """
    assert journey.user_id is not None
    # Whoever takes their account back meanwhile does so before or after this.
    await ways_in.hold(uow, journey.user_id)
    asked = sessions.live(issuer).where(
        Session.id == journey.session_id, Session.user_id == journey.user_id
    )
    if (await uow.session.execute(asked)).first() is None:
        raise SignInRefused("the session that asked for the link has ended")
    found = await _find(uow, proved)
    if found is not None and found.user_id != journey.user_id:
        raise IdentityTaken("it is linked with another account")
    if found is not None:
        await _note_use(uow, found.id, proved, issuer.clock.now())
        return
    new = _identity(issuer.ids.new(), journey.user_id, journey.provider, proved, issuer.clock.now())
    uow.session.add(new)
    try:
        await uow.session.flush()
    except IntegrityError:
        raise IdentityTaken("it was linked with an account just now") from None
    await issuer.audit.note(
        uow,
        Action.IDENTITY_LINKED,
        Actor(client),
        user_id=journey.user_id,
        subject=f"identity {new.id}",
        provider=journey.provider,
        issuer=proved.issuer,
    )
    await notices.send(uow, issuer.clock, mailer, journey.user_id, Notice.IDENTITY_LINKED)


async def list_own(
    uow: UnitOfWork, cursors: Cursors, user_id: UUID, *, limit: int, cursor: str | None
) -> tuple[list[IdentityView], str | None]:
    """Return a page of a person's identities, the newest first, and the next page's cursor.

    Raises:
        Unprocessable: the cursor is of another list.
    """
    scope = f"identities {user_id}"
    query = select(Identity).where(Identity.user_id == user_id)
    if (earlier := before(cursors, scope, cursor)) is not None:
        query = query.where(Identity.id < earlier)
    found = await uow.session.scalars(query.order_by(Identity.id.desc()).limit(limit + 1))
    return newest_page(cursors, scope, [_view(one) for one in found], limit)


async def remove(
    uow: UnitOfWork, issuer: Issuer, mailer: Mailer, actor: Actor, identity_id: UUID
) -> None:
    """Take an identity away from the person who asks; it signs nobody in from then on.

    Raises:
        NotFound: they have no such identity.
        LastWayIn: nothing else would be left to sign in with.
        InvalidToken: their session has ended meanwhile.
    """
    user_id = actor.person.user_id
    await acting.hold(uow, actor.person)
    theirs = (Identity.id == identity_id, Identity.user_id == user_id)
    if not await changed(uow, delete(Identity).where(*theirs)):
        raise NotFound("no such identity")
    await ways_in.check_left(uow, user_id)
    await issuer.audit.note(uow, Action.IDENTITY_REMOVED, actor, subject=f"identity {identity_id}")
    await notices.send(uow, issuer.clock, mailer, user_id, Notice.IDENTITY_UNLINKED)


async def _find(uow: UnitOfWork, proved: ProvedIdentity) -> Identity | None:
    same = (Identity.issuer == proved.issuer, Identity.subject == proved.subject)
    found: Identity | None = await uow.session.scalar(select(Identity).where(*same))
    return found


async def _note_use(
    uow: UnitOfWork, identity_id: UUID, proved: ProvedIdentity, now: datetime
) -> bool:
    """Note it; False if the identity is there no more."""
    used = update(Identity).where(Identity.id == identity_id).values(last_used_at=now)
    return await changed(uow, used if proved.email is None else used.values(email=proved.email))


async def _sign_up(
    uow: UnitOfWork,
    registrar: Registrar,
    provider: Provider,
    proved: ProvedIdentity,
    client: Client,
) -> UUID:
    address = _address(proved)
    taken = await uow.session.scalar(select(User.id).where(User.email_key == address.key))
    if taken is not None:
        raise _account_exists()
    if not (registrar.is_open if provider.sign_up is None else provider.sign_up):
        raise Forbidden("registration is closed; an administrator makes accounts here")
    user = users.new(registrar, address, proved.name, password_hash=None)
    user.email_verified_at = registrar.clock.now()
    identity = _identity(registrar.ids.new(), user.id, provider.name, proved, registrar.clock.now())
    try:
        await users.insert(uow, registrar, user, client, email=user.email, provider=provider.name)
        uow.session.add(identity)
        await uow.session.flush()
    except (Conflict, IntegrityError):
        raise _account_exists() from None
    return user.id


def _address(proved: ProvedIdentity) -> Address:
    try:
        return parse_address(proved.email or "")
    except Unprocessable:
        raise AddressNotVerified(
            "the provider vouches for no address, and an account needs one"
        ) from None


def _identity(
    identity_id: UUID, user_id: UUID, provider: str, proved: ProvedIdentity, now: datetime
) -> Identity:
    return Identity(
        id=identity_id,
        user_id=user_id,
        provider=provider,
        issuer=proved.issuer,
        subject=proved.subject,
        email=proved.email,
        created_at=now,
        last_used_at=now,
    )


def _view(identity: Identity) -> IdentityView:
    return IdentityView(
        id=identity.id,
        provider=identity.provider,
        email=identity.email,
        created_at=identity.created_at,
        last_used_at=identity.last_used_at,
    )


def _account_exists() -> AccountExists:
    return AccountExists("the address has an account: sign in to it as before, then link this one")
