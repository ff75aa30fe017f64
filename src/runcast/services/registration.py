"""Registering: with the setup token, by invitation, or as anybody.

Where addresses have to be verified, the answer and the work are the same whether an address has an
account or not; its owner learns by letter. Each letter's code stands for the password that was given with
it, so that whoever reads the letter gets an account with their own password, whoever else tried before.
"""

from typing import Any

from sqlalchemy import Row, select

from runcast.database import UnitOfWork
from runcast.errors import Conflict, Forbidden
from runcast.models import User
from runcast.services import invitation_codes, setup_tokens, users, verification
from runcast.services.addresses import Address
from runcast.services.audit import Action, Actor
from runcast.services.invitation_codes import Invited
from runcast.services.mail import letters
from runcast.services.principals import Client
from runcast.services.users import Newcomer, Registrar, UserView


async def register(
    uow: UnitOfWork,
    registrar: Registrar,
    newcomer: Newcomer,
    *,
    client: Client,
    setup_token: str | None = None,
    invite: str | None = None,
) -> UserView | None:
    """Make a user; with the setup token, an administrator, even where registration is closed.

    Returns:
        The user; None where a letter says how it goes on.

    Raises:
        Conflict: the address is taken.
        Forbidden: the setup token or the invitation is not good, or one is needed.
        Unprocessable: the address or the password is not acceptable.
        Unavailable: too many passwords are being hashed.
    """
    address = await users.acceptable(newcomer)
    if setup_token is not None:
        return await _as_administrator(
            uow, registrar, newcomer, address, client=client, setup_token=setup_token
        )
    invited = await _invited(uow, registrar, address, invite)
    if registrar.requires_verified and not (invited and invited.by_mail):
        await _by_letter(uow, registrar, newcomer, address, client=client, invite=invite)
        return None
    await users.check_free(uow, address)
    user = await users.prepared(uow, registrar, newcomer, address, client)
    return await _insert(uow, registrar, user, client, invite)


async def _as_administrator(
    uow: UnitOfWork,
    registrar: Registrar,
    newcomer: Newcomer,
    address: Address,
    *,
    client: Client,
    setup_token: str,
) -> UserView:
    if not await setup_tokens.is_good(uow, setup_token):
        await registrar.audit.note(uow, Action.SETUP_TOKEN_REFUSED, Actor(client))
        await uow.commit()
        raise _wrong_setup_token()
    await users.check_free(uow, address)
    user = await users.prepared(uow, registrar, newcomer, address, client)
    if not await setup_tokens.spend(uow, setup_token):
        raise _wrong_setup_token()
    user.is_admin = True
    # Who holds the token runs the server; the address is theirs on their word.
    user.email_verified_at = registrar.clock.now()
    return await users.insert(uow, registrar, user, client)


async def _invited(
    uow: UnitOfWork, registrar: Registrar, address: Address, invite: str | None
) -> Invited | None:
    """Return the invitation by which somebody registers; None if they need and have none."""
    if registrar.registration == "closed":
        raise Forbidden("registration is closed; an administrator makes accounts here")
    if invite is not None:
        return await invitation_codes.find(uow, registrar.clock, invite, address.key)
    if registrar.registration == "invite":
        raise Forbidden("registration is by invitation")
    return None


async def _insert(
    uow: UnitOfWork, registrar: Registrar, user: User, client: Client, invite: str | None
) -> UserView:
    """Insert the account, and accept the invitation by which it is made."""
    if invite is None:
        return await users.insert(uow, registrar, user, client)
    invited = await invitation_codes.spend(uow, registrar.clock, invite, user.email_key)
    if invited.by_mail:
        user.email_verified_at = registrar.clock.now()
    made = await users.insert(uow, registrar, user, client)
    await invitation_codes.welcome(uow, registrar, invited, user.id, Actor(client))
    return made


async def _by_letter(
    uow: UnitOfWork,
    registrar: Registrar,
    newcomer: Newcomer,
    address: Address,
    *,
    client: Client,
    invite: str | None,
) -> None:
    """Make the account, or do not, and write to the address; one password is hashed in any case."""
    user = await users.prepared(uow, registrar, newcomer, address, client)
    known = await _known(uow, address)
    given = {"password_hash": user.password_hash, "name": user.name}
    if known is None:
        try:
            made = await _insert(uow, registrar, user, client, invite)
        except Conflict:
            # Somebody was faster by a moment; for who asks, that is as if they had always been there.
            await uow.session.rollback()
            known = await _known(uow, address)
        else:
            await verification.send(uow, registrar, made.id, address, given)
            return
    if known is not None:
        await _again(uow, registrar, known, client, given)


async def _again(
    uow: UnitOfWork,
    registrar: Registrar,
    known: Row[*tuple[Any, ...]],
    client: Client,
    given: dict[str, Any],
) -> None:
    """Write to an address that has an account, verified or not."""
    subject = f"user {known.id}"
    await registrar.audit.note(uow, Action.REGISTERED_AGAIN, Actor(client), subject=subject)
    address, mailer = Address(known.email, known.email_key), registrar.mailer
    code = await verification.issue(uow, registrar, known.id, address, given)
    if code is None:
        return
    letter = letters.already_registered(mailer.public_url, known.email)
    if known.email_verified_at is None and known.disabled_at is None:
        letter = letters.verification(mailer.public_url, known.email, code)
    mailer.send(uow, letter)


async def _known(uow: UnitOfWork, address: Address) -> Row[*tuple[Any, ...]] | None:
    columns = (User.id, User.email, User.email_key, User.email_verified_at, User.disabled_at)
    return (
        await uow.session.execute(select(*columns).where(User.email_key == address.key))
    ).first()


def _wrong_setup_token() -> Forbidden:
    return Forbidden("this is not the setup token on offer")
