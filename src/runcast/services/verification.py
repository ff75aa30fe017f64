"""Verifying addresses: a code is sent there, and shown by somebody who also is who registered.

The code proves who reads the mail, a session or the password who has the account. Neither does alone: the
code of an account that somebody else registered must not make it theirs (pre-hijacking).
"""

from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select, update

from runcast.clock import seconds_until
from runcast.database import UnitOfWork
from runcast.errors import Conflict, MailNotConfigured, TooMany, Unprocessable
from runcast.models import User
from runcast.services import acting, address_changes, letter_bounds, one_time, takeovers, ways_in
from runcast.services.addresses import Address
from runcast.services.audit import Action, Actor
from runcast.services.credentials import Credentials
from runcast.services.letter_bounds import Kind
from runcast.services.mail import letters
from runcast.services.one_time import Known, Purpose
from runcast.services.sessions import Issuer, changed
from runcast.services.users import Registrar

LIFETIME = timedelta(days=1)
# A letter is on its way for so long before it is taken for lost.
PATIENCE = timedelta(minutes=2)


async def ask(uow: UnitOfWork, registrar: Registrar, user_id: UUID, *, by: Actor) -> None:
    """Send somebody a letter by which they verify their address.

    Raises:
        MailNotConfigured: no letters are sent here.
        Conflict: it is verified.
        TooMany: a letter was sent a moment ago, or often today.
        InvalidToken: the session has ended meanwhile.
    """
    if not registrar.mailer.is_configured:
        raise MailNotConfigured
    await acting.hold(uow, by.person)
    query = select(User.email, User.email_key, User.email_verified_at).where(User.id == user_id)
    row = (await uow.session.execute(query)).one()
    if row.email_verified_at is not None or "@" not in row.email:
        raise Conflict("there is nothing to verify")
    await check_patience(uow, registrar, Purpose.VERIFY_ADDRESS, user_id)
    said = "letters were sent often today; another can be tomorrow, or reset your password"
    await letter_bounds.require(uow, registrar.clock, Kind.ACCOUNT, row.email_key, said)
    await one_time.withdraw(uow, Purpose.VERIFY_ADDRESS, user_id)
    code = await _issue(uow, registrar, user_id, row.email_key, {})
    url = registrar.mailer.public_url
    registrar.mailer.send(uow, letters.verification(url, row.email, code))


async def check_patience(
    uow: UnitOfWork, registrar: Registrar, purpose: Purpose, user_id: UUID
) -> None:
    """Return if no letter for this was sent a moment ago.

    Raises:
        TooMany: one was.
    """
    last = await one_time.last_issued(uow, purpose, user_id)
    now = registrar.clock.now()
    if last is not None and last > now - PATIENCE:
        seconds = seconds_until(last + PATIENCE, now)
        said = f"a letter was sent a moment ago; another can be in {seconds} seconds"
        raise TooMany(said, retry_after=seconds)


async def send(
    uow: UnitOfWork,
    registrar: Registrar,
    user_id: UUID,
    address: Address,
    given: dict[str, Any],
) -> None:
    """Send a letter whose code verifies this address, and sets what was given when it was asked for."""
    mailer = registrar.mailer
    code = await issue(uow, registrar, user_id, address, given)
    if code is not None:
        mailer.send(uow, letters.verification(mailer.public_url, address.email, code))


async def issue(
    uow: UnitOfWork,
    registrar: Registrar,
    user_id: UUID,
    address: Address,
    given: dict[str, Any],
) -> str | None:
    """Return a code for a letter to this address; None if five were sent there within a day."""
    await ways_in.hold(uow, user_id)
    free_at = await letter_bounds.take(uow, registrar.clock, Kind.ACCOUNT, address.key)
    # What is for nobody is the same work, whose time tells nothing.
    whose = user_id if free_at is None else None
    code = await _issue(uow, registrar, whose, address.key, given)
    return code if free_at is None else None


async def _issue(
    uow: UnitOfWork,
    registrar: Registrar,
    user_id: UUID | None,
    email_key: str,
    given: dict[str, Any],
) -> str:
    return await one_time.issue(
        uow,
        registrar.clock,
        Purpose.VERIFY_ADDRESS,
        LIFETIME,
        user_id=user_id,
        data={"email_key": email_key, **given},
    )


async def confirm(
    uow: UnitOfWork,
    registrar: Registrar,
    issuer: Issuer,
    credentials: Credentials,
    code: str,
    *,
    password: str | None,
    by: Actor,
) -> None:
    """Verify the address to which a code was sent, or change somebody's address to it.

    Args:
        password: the account's, or the one that was given with the registration; none is needed from who
            is signed in to the account.

    Raises:
        CodeRefused: the code is not, or no longer, good.
        Unprocessable: the password is not the one of the account, or there is none.
        Conflict: somebody else has taken the address meanwhile.
        InvalidToken: the session of who is signed in has ended meanwhile.
        Unavailable: too many passwords are being checked.
    """
    purpose, known = await _known(uow, registrar, code)
    await _check_person(uow, registrar, known, password, by)
    if await one_time.spend(uow, registrar.clock, purpose, code) is None:
        raise one_time.refused()
    if purpose is Purpose.CHANGE_ADDRESS:
        await address_changes.apply(uow, registrar, credentials, known, by=by)
    else:
        await _verify(uow, registrar, issuer, credentials, known, by=by)


async def _known(uow: UnitOfWork, registrar: Registrar, code: str) -> tuple[Purpose, Known]:
    for purpose in (Purpose.VERIFY_ADDRESS, Purpose.CHANGE_ADDRESS):
        known = await one_time.peek(uow, registrar.clock, purpose, code)
        if known is not None and known.user_id is not None:
            return purpose, known
    raise one_time.refused()


async def _check_person(
    uow: UnitOfWork, registrar: Registrar, known: Known, password: str | None, by: Actor
) -> None:
    given = known.data.get("password_hash")
    is_signed_in = by.principal is not None and by.principal.user_id == known.user_id
    if by.principal is not None and is_signed_in and given is None:
        await acting.hold(uow, by.principal)
        return
    query = select(User.password_hash).where(User.id == known.user_id)
    stored = given or await uow.session.scalar(query)
    await uow.commit()
    if password is None or not await registrar.passwords.verify(password, stored, by.client):
        raise _wrong_password()
    assert known.user_id is not None
    await ways_in.hold(uow, known.user_id)
    if given is None and await uow.session.scalar(query) != stored:
        raise _wrong_password()


async def _verify(
    uow: UnitOfWork,
    registrar: Registrar,
    issuer: Issuer,
    credentials: Credentials,
    known: Known,
    *,
    by: Actor,
) -> None:
    assert known.user_id is not None
    given: dict[str, Any] = {
        name: value for name, value in known.data.items() if name != "email_key"
    }
    unverified = (
        User.id == known.user_id,
        User.email_key == known.data["email_key"],
        User.email_verified_at.is_(None),
        User.disabled_at.is_(None),
    )
    values = {"email_verified_at": registrar.clock.now(), **given}
    if not await changed(uow, update(User).where(*unverified).values(**values)):
        raise one_time.refused()
    if given:
        # Whoever had the account with another password before is out.
        await takeovers.end_credentials(uow, issuer, credentials, known.user_id, by=by)
        await takeovers.end_ways_in(uow, known.user_id)
    await one_time.withdraw(uow, Purpose.VERIFY_ADDRESS, known.user_id)
    subject = f"user {known.user_id}"
    await registrar.audit.note(uow, Action.ADDRESS_VERIFIED, by, subject=subject)


def _wrong_password() -> Unprocessable:
    return Unprocessable("sign in, or send the password that the account was made with")
