"""Taking everything from somebody who has lost it: what operators do on the word of that person."""

from sqlalchemy import select

from runcast.database import UnitOfWork
from runcast.errors import NotFound
from runcast.models import User
from runcast.services import sessions, ways_in
from runcast.services.addresses import address_key
from runcast.services.audit import Action, Actor, Audit
from runcast.services.factors import passkeys, recovery_codes, totp
from runcast.services.principals import Client

OPERATOR = Actor(Client(user_agent="runcast users reset-factors", address=""))


async def reset(uow: UnitOfWork, audit: Audit, email: str) -> None:
    """Take somebody's second factors and passkeys, and end their sessions.

    A password, if they have one, signs in alone from then on.

    Raises:
        NotFound: nobody has this address.
    """
    theirs = User.email_key == (address_key(email) or "")
    user_id = await uow.session.scalar(select(User.id).where(theirs))
    if user_id is None:
        raise NotFound("nobody has this address")
    await ways_in.hold(uow, user_id)
    await totp.remove(uow, user_id)
    await passkeys.remove_all(uow, user_id)
    await recovery_codes.remove(uow, user_id)
    await sessions.end_every(uow, audit.clock, user_id)
    await audit.note(uow, Action.FACTORS_RESET, OPERATOR, subject=f"user {user_id}")
