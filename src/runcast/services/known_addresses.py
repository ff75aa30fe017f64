"""From where an account has been signed in to: who comes from there is not shut out by others' guesses."""

from sqlalchemy import select

from runcast.database import UnitOfWork
from runcast.models import Session, User
from runcast.rates import network
from runcast.services.addresses import MAX_LENGTH, address_key, spelt

# The newest sign-ins; more would let who is over a limit make the database work.
SESSIONS = 200


def spelling(typed: str) -> str:
    """Return an account's address as it is compared; what is no address, without case."""
    return address_key(typed) or spelt(typed[: MAX_LENGTH + 1])


async def knows(uow: UnitOfWork, typed: str, net: str) -> bool:
    """Tell whether somebody has signed in to an account from a network (see `runcast.rates.network`)."""
    query = (
        select(Session.address)
        .join(User, User.id == Session.user_id)
        .where(User.email_key == spelling(typed))
        .order_by(Session.id.desc())
        .limit(SESSIONS)
    )
    return any(network(address) == net for address in await uow.session.scalars(query))
