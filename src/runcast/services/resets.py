"""Setting a password that was forgotten, by a code that is sent to the address.

Whether the address has an account shows neither in the answer nor in the work. A reset proves the address,
and ends whatever opened the account before; second factors stay in force.
"""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import select, update

from runcast.database import UnitOfWork, turns
from runcast.errors import MailNotConfigured
from runcast.models import User
from runcast.services import one_time, password_rules, takeovers, ways_in
from runcast.services.addresses import address_key
from runcast.services.audit import Action, Actor
from runcast.services.credentials import Credentials
from runcast.services.mail import letters, notices
from runcast.services.mail.notices import Notice
from runcast.services.one_time import Purpose
from runcast.services.principals import Client
from runcast.services.sessions import Issuer, changed
from runcast.services.users import Registrar
from runcast.services.verification import PATIENCE

LIFETIME = timedelta(hours=1)
# More letters than this are not sent within an hour. Who is refused one, because strangers have asked for them,
# has so many good ones: a bound for a day would shut them out.
MAX_CODES = 3


async def ask(uow: UnitOfWork, registrar: Registrar, email: str, *, client: Client) -> None:
    """Send a code to this address, if it has an account; no more than three an hour, two minutes apart.

    Raises:
        MailNotConfigured: no letters are sent here.
    """
    if not registrar.mailer.is_configured:
        raise MailNotConfigured("no mail is sent here; whoever runs the server sets passwords")
    found = await _find(uow, registrar, email)
    user_id, address = found or (None, "")
    # What is done for nobody takes as long, and makes a code that nobody ever hears of. Earlier codes stay
    # good: strangers could make somebody's letters useless otherwise.
    code = await one_time.issue(
        uow, registrar.clock, Purpose.RESET_PASSWORD, LIFETIME, user_id=user_id
    )
    subject = None if user_id is None else f"user {user_id}"
    await registrar.audit.note(uow, Action.RESET_ASKED, Actor(client), subject=subject)
    if user_id is not None:
        mailer = registrar.mailer
        mailer.send(uow, letters.reset(mailer.public_url, address, code))


async def confirm(
    uow: UnitOfWork,
    registrar: Registrar,
    issuer: Issuer,
    credentials: Credentials,
    code: str,
    *,
    password: str,
    client: Client,
) -> None:
    """Set the password of whom a code was sent to, once.

    Raises:
        CodeRefused: the code is not, or no longer, good.
        Unprocessable: the password is not acceptable; the code stays good.
        Unavailable: too many passwords are being hashed.
    """
    user_id = await _whose(uow, registrar, code, password)
    password_hash = await registrar.passwords.hash(password, client)
    await ways_in.hold(uow, user_id)
    if await one_time.spend(uow, registrar.clock, Purpose.RESET_PASSWORD, code) is None:
        raise one_time.refused()
    by = Actor(client)
    if not await _was_verified(uow, user_id):
        await takeovers.end_ways_in(uow, user_id)
    await takeovers.end_credentials(uow, issuer, credentials, user_id, by=by)
    await _set(uow, registrar, user_id, password_hash)
    await registrar.audit.note(uow, Action.PASSWORD_RESET, by, subject=f"user {user_id}")
    await notices.send(uow, registrar.clock, registrar.mailer, user_id, Notice.PASSWORD_RESET)


async def _find(uow: UnitOfWork, registrar: Registrar, email: str) -> tuple[UUID, str] | None:
    """Return whom a code is for, and the address as they gave it, while both are held."""
    key = address_key(email) or ""
    # Of any address one is asked for at a time: to wait for others tells nothing of it either.
    await turns.wait_for_turn(uow.session, f"reset {key}")
    enabled = (User.email_key == key, User.disabled_at.is_(None))
    held = update(User).where(*enabled).values(name=User.name).returning(User.id, User.email)
    row = (await uow.session.execute(held)).first()
    asked_of = registrar.ids.new() if row is None else row.id
    last = await one_time.last_issued(uow, Purpose.RESET_PASSWORD, asked_of)
    waits = last is not None and last > registrar.clock.now() - PATIENCE
    live = await one_time.count_live(uow, registrar.clock, Purpose.RESET_PASSWORD, asked_of)
    return None if row is None or waits or live >= MAX_CODES else (row.id, row.email)


async def _whose(uow: UnitOfWork, registrar: Registrar, code: str, password: str) -> UUID:
    known = await one_time.peek(uow, registrar.clock, Purpose.RESET_PASSWORD, code)
    if known is None or known.user_id is None:
        raise one_time.refused()
    query = select(User.email).where(User.id == known.user_id, User.disabled_at.is_(None))
    email = await uow.session.scalar(query)
    if email is None:
        raise one_time.refused()
    await uow.commit()
    await password_rules.check(password, email)
    return known.user_id


async def _was_verified(uow: UnitOfWork, user_id: UUID) -> bool:
    query = select(User.email_verified_at).where(User.id == user_id)
    return await uow.session.scalar(query) is not None


async def _set(uow: UnitOfWork, registrar: Registrar, user_id: UUID, password_hash: str) -> None:
    enabled = (User.id == user_id, User.disabled_at.is_(None))
    values = {"password_hash": password_hash, "email_verified_at": registrar.clock.now()}
    if not await changed(uow, update(User).where(*enabled).values(**values)):
        raise one_time.refused()
