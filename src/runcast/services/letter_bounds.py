"""How many letters a day go to an address that may be somebody's who has not asked for them.

Each takes one of the address's places for a day, whatever becomes of what it was about: a code is withdrawn,
an invitation goes with its team. Codes for a forgotten password have bounds of their own (`services/resets`), so
that whoever reads the mail of an address always gets in, whoever has taken its places.
"""

from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import delete, select

from runcast.clock import Clock, seconds_until
from runcast.database import UnitOfWork
from runcast.errors import TooMany
from runcast.models import OneTimeCode
from runcast.services import one_time, random_tokens
from runcast.services.one_time import Purpose

DAY = timedelta(days=1)


class Kind(StrEnum):
    """What letters are about; what one kind takes is no other's."""

    FROM_OTHERS = "from others"
    """Invitations, and addresses that somebody says are going to be theirs."""
    ACCOUNT = "account"
    """Codes that verify the account of the address, which anybody may have registered."""
    NOTICE = "notice"
    """What became of an account whose address was never verified."""


PLACES = {Kind.FROM_OTHERS: 10, Kind.ACCOUNT: 5, Kind.NOTICE: 10}


async def take(uow: UnitOfWork, clock: Clock, kind: Kind, email_key: str) -> datetime | None:
    """Take a place for a letter to this address; return None, or when there will be one."""
    places = [f"letter {kind} {number} {email_key}" for number in range(PLACES[kind])]
    now = clock.now()
    by_hash = {random_tokens.hash_of(place): place for place in places}
    its = (OneTimeCode.purpose == Purpose.LETTER, OneTimeCode.hash.in_(by_hash))
    rows = await uow.session.execute(select(OneTimeCode.hash, OneTimeCode.expires_at).where(*its))
    until = {by_hash[row.hash]: row.expires_at for row in rows}
    for place in places:
        if place in until and until[place] > now:
            continue
        # In one order by everybody, and one at a time: nobody waits in a circle.
        old = (OneTimeCode.hash == random_tokens.hash_of(place), OneTimeCode.expires_at <= now)
        await uow.session.execute(delete(OneTimeCode).where(*old))
        if await one_time.mark_spent(uow, clock, Purpose.LETTER, place, now + DAY):
            return None
    return min(until.values(), default=now + DAY)


async def require(uow: UnitOfWork, clock: Clock, kind: Kind, email_key: str, said: str) -> None:
    """Take a place.

    Args:
        said: why there is none, for whoever asks.

    Raises:
        TooMany: there is none today.
    """
    free_at = await take(uow, clock, kind, email_key)
    if free_at is not None:
        raise TooMany(said, retry_after=seconds_until(free_at, clock.now()))
