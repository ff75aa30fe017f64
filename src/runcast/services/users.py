"""People: accounts as they are made and read. Who may make one is for services/registration to say."""

from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from runcast.clock import Clock
from runcast.database import UnitOfWork
from runcast.errors import Conflict, NotFound
from runcast.ids import Ids
from runcast.models import User
from runcast.services import password_rules, setup_tokens, takeovers
from runcast.services.addresses import Address, address_key, parse_address
from runcast.services.audit import Action, Actor, Audit
from runcast.services.mail.mailer import Mailer
from runcast.services.passwords import Passwords
from runcast.services.principals import Client
from runcast.services.sessions import changed

COMMAND_LINE = Client(user_agent="runcast users", address="")
Registration = Literal["open", "invite", "closed"]


@dataclass(frozen=True, slots=True)
class UserView:
    """A person as they see themselves; `email_verified_at` is when they showed that they read mail there."""

    id: UUID
    email: str
    email_verified_at: datetime | None
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
class Registrar:
    """What accounts are made with.

    Attributes:
        registration: who may make one: anybody, who is invited, or nobody.
        requires_verified: whether only they sign in whose address is known to be theirs.
    """

    clock: Clock
    ids: Ids
    passwords: Passwords
    audit: Audit
    mailer: Mailer
    registration: Registration = "open"
    requires_verified: bool = False

    @property
    def is_open(self) -> bool:
        """Whether anybody may make an account."""
        return self.registration == "open"


async def add(
    uow: UnitOfWork, registrar: Registrar, newcomer: Newcomer, *, is_admin: bool
) -> UserView:
    """Make a user on the operator's word; the first administrator ends the setup token's offer.

    Raises:
        Conflict: the address is taken.
        Unprocessable: the address or the password is not acceptable.
    """
    address = await acceptable(newcomer)
    await check_free(uow, address)
    user = await prepared(uow, registrar, newcomer, address, COMMAND_LINE)
    if is_admin:
        await setup_tokens.withdraw(uow)
    user.is_admin = is_admin
    user.email_verified_at = registrar.clock.now()
    return await insert(uow, registrar, user, COMMAND_LINE)


async def set_password(uow: UnitOfWork, registrar: Registrar, email: str, password: str) -> None:
    """Set somebody's password on the operator's word, and end what a reset by letter ends.

    Second factors, passkeys and providers stay: that they are theirs is not for a letter to show here.

    Raises:
        NotFound: nobody has this address.
        Unprocessable: the password is not acceptable.
    """
    await password_rules.check(password, email)
    query = select(User.id).where(User.email_key == address_key(email))
    user_id = await uow.session.scalar(query)
    if user_id is None:
        raise NotFound("nobody has this address")
    await uow.commit()
    password_hash = await registrar.passwords.hash(password)
    await takeovers.end_credentials_elsewhere(uow, registrar.clock, user_id)
    await changed(uow, update(User).where(User.id == user_id).values(password_hash=password_hash))
    subject = f"user {user_id}"
    await registrar.audit.note(uow, Action.PASSWORD_RESET, Actor(COMMAND_LINE), subject=subject)


async def make_admin(uow: UnitOfWork, registrar: Registrar, email: str) -> UserView:
    """Make somebody an administrator on the operator's word; their sessions and keys stay.

    The first one ends the setup token's offer.

    Raises:
        NotFound: nobody has this address.
        Conflict: the account is disabled.
    """
    query = select(User).where(User.email_key == address_key(email)).with_for_update()
    user = await uow.session.scalar(query)
    if user is None:
        raise NotFound("nobody has this address")
    if user.disabled_at is not None:
        raise Conflict("this account is disabled; an administrator can enable it")
    if not user.is_admin:
        await setup_tokens.withdraw(uow)
        user.is_admin = True
        subject = f"user {user.id}"
        await registrar.audit.note(uow, Action.ADMIN_GRANTED, Actor(COMMAND_LINE), subject=subject)
    return _view(user)


async def get(uow: UnitOfWork, user_id: UUID) -> UserView:
    """Return a user.

    Raises:
        NotFound: there is none.
    """
    user = await uow.session.get(User, user_id, populate_existing=True)
    if user is None:
        raise NotFound("no such user")
    return _view(user)


async def acceptable(newcomer: Newcomer) -> Address:
    """Return the address of a newcomer, if one can have it and the password.

    Raises:
        Unprocessable: one cannot.
    """
    address = parse_address(newcomer.email)
    await password_rules.check(newcomer.password, address.email)
    return address


async def check_free(uow: UnitOfWork, address: Address) -> None:
    """Return if nobody has the address.

    Raises:
        Conflict: somebody has.
    """
    query = select(User.id).where(User.email_key == address.key)
    if await uow.session.scalar(query) is not None:
        raise taken()


async def prepared(
    uow: UnitOfWork, registrar: Registrar, newcomer: Newcomer, address: Address, client: Client
) -> User:
    """Return the account to insert; nothing is held while its password is hashed.

    Raises:
        Unavailable: too many passwords are being hashed.
    """
    await uow.commit()
    password_hash = await registrar.passwords.hash(newcomer.password, client)
    return new(registrar, address, newcomer.name, password_hash)


def new(
    registrar: Registrar, address: Address, name: str | None, password_hash: str | None
) -> User:
    """Return an account to insert; without a name, it has its address's local part."""
    return User(
        id=registrar.ids.new(),
        email=address.email,
        email_key=address.key,
        email_verified_at=None,
        name=name or address.email.partition("@")[0],
        password_hash=password_hash,
        is_admin=False,
        disabled_at=None,
        created_at=registrar.clock.now(),
    )


async def insert(
    uow: UnitOfWork, registrar: Registrar, user: User, client: Client, **details: Any
) -> UserView:
    """Insert an account, and note it, with these details.

    Raises:
        Conflict: somebody has taken the address meanwhile.
    """
    uow.session.add(user)
    try:
        await uow.session.flush()
    except IntegrityError:
        raise taken() from None
    note = partial(registrar.audit.note, uow, actor=Actor(client), user_id=user.id)
    await note(Action.REGISTERED, subject=f"user {user.id}", **details)
    if user.is_admin:
        await note(Action.ADMIN_GRANTED, subject=f"user {user.id}")
    return _view(user)


def taken() -> Conflict:
    """Return the refusal of an address that somebody has."""
    return Conflict("this address has an account already")


def _view(user: User) -> UserView:
    return UserView(
        id=user.id,
        email=user.email,
        email_verified_at=user.email_verified_at,
        name=user.name,
        is_admin=user.is_admin,
        created_at=user.created_at,
    )
