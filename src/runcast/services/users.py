"""People: registering, reading and changing oneself."""

from dataclasses import dataclass
from datetime import datetime
from functools import partial
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from runcast.clock import Clock
from runcast.database import UnitOfWork
from runcast.errors import Conflict, Forbidden, NotFound, Unprocessable
from runcast.ids import Ids
from runcast.models import User
from runcast.services import sessions, setup_tokens
from runcast.services.addresses import Address, parse_address
from runcast.services.audit import Action, Actor, Audit
from runcast.services.credentials import Credentials
from runcast.services.passwords import Passwords, check_length
from runcast.services.principals import Client, Principal
from runcast.services.sessions import changed

COMMAND_LINE = Client(user_agent="runcast users", address="")


@dataclass(frozen=True, slots=True)
class UserView:
    """A person as they see themselves."""

    id: UUID
    email: str
    name: str
    is_admin: bool
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Newcomer:
    """What someone registers with; without a name, they are called by their address's local part."""

    email: str
    password: str
    name: str | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """What of oneself is to change: None stays; a new password comes with the current one."""

    name: str | None = None
    password: str | None = None
    current_password: str | None = None


@dataclass(frozen=True, slots=True)
class Registrar:
    """What accounts are made with; `is_open` says whether anybody may make one."""

    clock: Clock
    ids: Ids
    passwords: Passwords
    is_open: bool
    audit: Audit


async def register(
    uow: UnitOfWork,
    registrar: Registrar,
    newcomer: Newcomer,
    *,
    client: Client,
    setup_token: str | None,
) -> UserView:
    """Make a user; with the setup token, an administrator, even where registration is closed.

    Raises:
        Conflict: the address is taken.
        Forbidden: the setup token is not the one on offer, or registration is closed.
        Unprocessable: the address or the password is not acceptable.
        Unavailable: too many passwords are being hashed.
    """
    if setup_token is None and not registrar.is_open:
        raise Forbidden("registration is closed; an administrator makes accounts here")
    if setup_token is not None and not await setup_tokens.is_good(uow, setup_token):
        await registrar.audit.note(uow, Action.SETUP_TOKEN_REFUSED, Actor(client))
        await uow.commit()
        raise _wrong_setup_token()
    address, password_hash = await _prepared(uow, registrar, newcomer)
    if setup_token is not None and not await setup_tokens.spend(uow, setup_token):
        raise _wrong_setup_token()
    user = _user(registrar, newcomer, address, password_hash)
    user.is_admin = setup_token is not None
    return await _insert(uow, registrar, user, client)


async def add(
    uow: UnitOfWork, registrar: Registrar, newcomer: Newcomer, *, is_admin: bool
) -> UserView:
    """Make a user on the operator's word; the first administrator ends the setup token's offer.

    Raises:
        Conflict: the address is taken.
        Unprocessable: the address or the password is not acceptable.
    """
    address, password_hash = await _prepared(uow, registrar, newcomer)
    if is_admin:
        await setup_tokens.withdraw(uow)
    user = _user(registrar, newcomer, address, password_hash)
    user.is_admin = is_admin
    return await _insert(uow, registrar, user, COMMAND_LINE)


async def get(uow: UnitOfWork, user_id: UUID) -> UserView:
    """Return a user.

    Raises:
        NotFound: there is none.
    """
    user = await uow.session.get(User, user_id)
    if user is None:
        raise NotFound("no such user")
    return _view(user)


async def update_me(
    uow: UnitOfWork,
    registrar: Registrar,
    credentials: Credentials,
    principal: Principal,
    change: Change,
    *,
    client: Client,
) -> UserView:
    """Change oneself; a new password ends every other session, which the old one opened.

    Raises:
        Unprocessable: the current password is not this one, or the new one is not acceptable.
        Unavailable: too many passwords are being hashed.
    """
    actor = Actor(client, principal)
    me = update(User).where(User.id == principal.user_id)
    if change.password is not None:
        await _change_password(uow, registrar, actor, principal.user_id, change)
        await sessions.end_others(uow, registrar.clock, principal)
    if change.name is not None:
        await changed(uow, me.values(name=change.name))
        await registrar.audit.note(
            uow, Action.ACCOUNT_CHANGED, actor, subject=f"user {principal.user_id}", changed="name"
        )
    uow.after_commit(lambda: credentials.forget_user(principal.user_id))
    return await get(uow, principal.user_id)


async def _change_password(
    uow: UnitOfWork, registrar: Registrar, actor: Actor, user_id: UUID, change: Change
) -> None:
    current, new = change.current_password or "", change.password or ""
    check_length(new)
    stored = await uow.session.scalar(select(User.password_hash).where(User.id == user_id))
    await uow.commit()
    note = partial(registrar.audit.note, uow, actor=actor, subject=f"user {user_id}")
    if not await registrar.passwords.verify(current, stored):
        await note(Action.PASSWORD_REFUSED)
        await uow.commit()
        raise _wrong_password()
    renewed = await registrar.passwords.hash(new)
    unchanged = (User.id == user_id, User.password_hash == stored)
    if not await changed(uow, update(User).where(*unchanged).values(password_hash=renewed)):
        raise _wrong_password()
    await note(Action.PASSWORD_CHANGED)


async def _prepared(
    uow: UnitOfWork, registrar: Registrar, newcomer: Newcomer
) -> tuple[Address, str]:
    """Return the checked address and the password's hash; nothing is held while it is computed."""
    address = parse_address(newcomer.email)
    check_length(newcomer.password)
    taken = await uow.session.scalar(select(User.id).where(User.email_key == address.key))
    if taken is not None:
        raise _taken()
    await uow.commit()
    return address, await registrar.passwords.hash(newcomer.password)


def _user(registrar: Registrar, newcomer: Newcomer, address: Address, password_hash: str) -> User:
    return User(
        id=registrar.ids.new(),
        email=address.email,
        email_key=address.key,
        name=newcomer.name or address.email.partition("@")[0],
        password_hash=password_hash,
        is_admin=False,
        disabled_at=None,
        created_at=registrar.clock.now(),
    )


async def _insert(uow: UnitOfWork, registrar: Registrar, user: User, client: Client) -> UserView:
    uow.session.add(user)
    try:
        await uow.session.flush()
    except IntegrityError:
        raise _taken() from None
    note = partial(registrar.audit.note, uow, actor=Actor(client), user_id=user.id)
    await note(Action.REGISTERED, subject=f"user {user.id}")
    if user.is_admin:
        await note(Action.ADMIN_GRANTED, subject=f"user {user.id}")
    return _view(user)


def _view(user: User) -> UserView:
    return UserView(
        id=user.id,
        email=user.email,
        name=user.name,
        is_admin=user.is_admin,
        created_at=user.created_at,
    )


def _taken() -> Conflict:
    return Conflict("this address has an account already")


def _wrong_setup_token() -> Forbidden:
    return Forbidden("this is not the setup token on offer")


def _wrong_password() -> Unprocessable:
    return Unprocessable("current_password is not your password")
