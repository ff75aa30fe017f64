"""Changing one's address: at once where no mail is sent, else by a code that is sent to the new one."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from runcast.database import UnitOfWork
from runcast.errors import CodeRefused
from runcast.models import User
from runcast.services import letter_bounds, one_time, users
from runcast.services.addresses import Address
from runcast.services.audit import Action, Actor
from runcast.services.credentials import Credentials
from runcast.services.letter_bounds import Kind
from runcast.services.mail import letters, notices
from runcast.services.mail.notices import Notice
from runcast.services.one_time import Known, Purpose
from runcast.services.sessions import changed
from runcast.services.users import Registrar

LIFETIME = timedelta(days=1)


async def ask(
    uow: UnitOfWork, registrar: Registrar, user_id: UUID, address: Address, *, by: Actor
) -> None:
    """Send the new address a code; where it is somebody's, tell them, and do the same work.

    The caller has made sure that somebody who knows the password asks.

    Raises:
        TooMany: the new address was written to often today.
    """
    said = "this address was written to often today; it can be again tomorrow"
    await letter_bounds.require(uow, registrar.clock, Kind.FROM_OTHERS, address.key, said)
    await one_time.withdraw(uow, Purpose.CHANGE_ADDRESS, user_id)
    data = {"email": address.email, "email_key": address.key}
    code = await one_time.issue(
        uow, registrar.clock, Purpose.CHANGE_ADDRESS, LIFETIME, user_id=user_id, data=data
    )
    subject = f"user {user_id}"
    await registrar.audit.note(uow, Action.ADDRESS_CHANGE_ASKED, by, subject=subject)
    url = registrar.mailer.public_url
    is_taken = select(User.id).where(User.email_key == address.key, User.id != user_id)
    if await uow.session.scalar(is_taken) is None:
        letter = letters.verification(url, address.email, code)
    else:
        letter = letters.already_registered(url, address.email)
    registrar.mailer.send(uow, letter)


async def apply(
    uow: UnitOfWork, registrar: Registrar, credentials: Credentials, known: Known, *, by: Actor
) -> None:
    """Give somebody the address to which their code was sent, and tell the old one.

    Raises:
        CodeRefused: there is no such account any more.
        Conflict: somebody else has taken the address meanwhile.
    """
    user_id = known.user_id
    query = select(User.email).where(User.id == user_id, User.disabled_at.is_(None))
    if user_id is None or await uow.session.scalar(query) is None:
        raise CodeRefused("there is no such account any more")
    await notices.send(uow, registrar.clock, registrar.mailer, user_id, Notice.ADDRESS_CHANGED)
    address = Address(known.data["email"], known.data["email_key"])
    await set_address(uow, registrar, credentials, user_id, address, is_verified=True, by=by)


async def set_address(
    uow: UnitOfWork,
    registrar: Registrar,
    credentials: Credentials,
    user_id: UUID,
    address: Address,
    *,
    is_verified: bool,
    by: Actor,
) -> None:
    """Give somebody an address; codes that were sent to the one before have ended.

    Raises:
        Conflict: somebody else has it.
    """
    verified_at = registrar.clock.now() if is_verified else None
    values = {"email": address.email, "email_key": address.key, "email_verified_at": verified_at}
    was = await uow.session.scalar(select(User.email).where(User.id == user_id))
    try:
        await changed(uow, update(User).where(User.id == user_id).values(**values))
    except IntegrityError:
        raise users.taken() from None
    for purpose in (Purpose.RESET_PASSWORD, Purpose.VERIFY_ADDRESS, Purpose.CHANGE_ADDRESS):
        await one_time.withdraw(uow, purpose, user_id)
    # Whoever looks for an address of before finds in the log whose it was.
    subject = f"user {user_id}"
    await registrar.audit.note(
        uow, Action.ADDRESS_CHANGED, by, subject=subject, was=was, now=address.email
    )
    uow.after_commit(lambda: credentials.forget_user(user_id))
