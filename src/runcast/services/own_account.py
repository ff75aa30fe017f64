"""Changing oneself: one's name, password and address. The last two take the current password."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Row, select, update

from runcast.database import UnitOfWork
from runcast.errors import Conflict, Unprocessable
from runcast.models import User
from runcast.services import (
    acting,
    address_changes,
    one_time,
    password_rules,
    sessions,
    users,
    verification,
)
from runcast.services.addresses import Address, is_same_but_case, parse_address
from runcast.services.audit import Action, Actor
from runcast.services.credentials import Credentials
from runcast.services.mail import notices
from runcast.services.mail.notices import Notice
from runcast.services.one_time import Purpose
from runcast.services.principals import Client, Principal
from runcast.services.sessions import changed
from runcast.services.users import Registrar, UserView


@dataclass(frozen=True, slots=True)
class Change:
    """What of oneself is to change: None stays; password and address come with the current password."""

    name: str | None = None
    email: str | None = None
    password: str | None = None
    current_password: str | None = None


async def change(
    uow: UnitOfWork,
    registrar: Registrar,
    credentials: Credentials,
    principal: Principal,
    wanted: Change,
    *,
    client: Client,
) -> UserView:
    """Change oneself; a new password ends every other session, which the old one opened.

    Where mail is sent, a new address counts once the code that it is sent has come back.

    Raises:
        Unprocessable: the current password is not this one, or something new is not acceptable.
        Conflict: no mail is sent, and the address is somebody's.
        TooMany: a letter was sent to a new address a moment ago.
        InvalidToken: the session has ended meanwhile.
        Unavailable: too many passwords are being hashed.
    """
    by = Actor(client, principal)
    user_id = principal.user_id
    address = None if wanted.email is None else parse_address(wanted.email)
    if wanted.password is not None:
        await password_rules.check(wanted.password, principal.email)
    is_sensitive = wanted.password is not None or address is not None
    stored = await _confirmed(uow, registrar, by, wanted) if is_sensitive else None
    renewed = None
    if wanted.password is not None:
        renewed = await registrar.passwords.hash(wanted.password, client)
    # Passwords take their time: what held before may have ended, and another one been set.
    await acting.hold(uow, principal)
    if is_sensitive and await _stored(uow, user_id) != stored:
        raise _wrong_password()
    if renewed is not None:
        await _set_password(uow, registrar, by, user_id, renewed)
        await sessions.end_others(uow, registrar.clock, principal)
    if address is not None:
        await _set_address(uow, registrar, credentials, user_id, address, by=by)
    if wanted.name is not None:
        await _set_name(uow, registrar, by, user_id, wanted.name)
    uow.after_commit(lambda: credentials.forget_user(user_id))
    return await users.get(uow, user_id)


async def _confirmed(
    uow: UnitOfWork, registrar: Registrar, by: Actor, wanted: Change
) -> str | None:
    """Return the hash of the current password, if this is it."""
    user_id = by.person.user_id
    stored = await _stored(uow, user_id)
    await uow.commit()
    if not await registrar.passwords.verify(wanted.current_password or "", stored, by.client):
        await registrar.audit.note(uow, Action.PASSWORD_REFUSED, by, subject=f"user {user_id}")
        await uow.commit()
        raise _wrong_password()
    return stored


async def _stored(uow: UnitOfWork, user_id: UUID) -> str | None:
    query = select(User.password_hash).where(User.id == user_id)
    stored: str | None = await uow.session.scalar(query)
    return stored


async def _set_password(
    uow: UnitOfWork, registrar: Registrar, by: Actor, user_id: UUID, password_hash: str
) -> None:
    theirs = User.id == user_id
    await changed(uow, update(User).where(theirs).values(password_hash=password_hash))
    await one_time.withdraw(uow, Purpose.RESET_PASSWORD, user_id)
    await registrar.audit.note(uow, Action.PASSWORD_CHANGED, by, subject=f"user {user_id}")
    await notices.send(uow, registrar.clock, registrar.mailer, user_id, Notice.PASSWORD_CHANGED)


async def _set_address(
    uow: UnitOfWork,
    registrar: Registrar,
    credentials: Credentials,
    user_id: UUID,
    address: Address,
    *,
    by: Actor,
) -> None:
    own = await _own_address(uow, user_id)
    if own.email_key == address.key and is_same_but_case(own.email, address.email):
        await changed(uow, update(User).where(User.id == user_id).values(email=address.email))
    elif registrar.mailer.is_configured:
        await verification.check_patience(uow, registrar, Purpose.CHANGE_ADDRESS, user_id)
        await address_changes.ask(uow, registrar, user_id, address, by=by)
    else:
        await address_changes.set_address(
            uow, registrar, credentials, user_id, address, is_verified=False, by=by
        )


async def _own_address(uow: UnitOfWork, user_id: UUID) -> Row[str, str]:
    own = (
        await uow.session.execute(select(User.email, User.email_key).where(User.id == user_id))
    ).one()
    if "@" not in own.email:
        raise Conflict("the user of the local credential has no address")
    return own


async def _set_name(
    uow: UnitOfWork, registrar: Registrar, by: Actor, user_id: UUID, name: str
) -> None:
    await changed(uow, update(User).where(User.id == user_id).values(name=name))
    await registrar.audit.note(
        uow, Action.ACCOUNT_CHANGED, by, subject=f"user {user_id}", changed="name"
    )


def _wrong_password() -> Unprocessable:
    return Unprocessable("that is not the password that you have now")
