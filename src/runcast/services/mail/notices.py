"""Telling people by letter what was done to their account, so that they know of what they did not do."""

from uuid import UUID

from sqlalchemy import select

from runcast.clock import Clock
from runcast.database import UnitOfWork
from runcast.models import User
from runcast.services import letter_bounds
from runcast.services.letter_bounds import Kind
from runcast.services.mail import letters
from runcast.services.mail.letters import Notice
from runcast.services.mail.mailer import Mailer

__all__ = ["Notice", "send"]


async def send(uow: UnitOfWork, clock: Clock, mailer: Mailer, user_id: UUID, what: Notice) -> None:
    """Tell a person, once the unit has committed; where no mail is configured nobody is told.

    Whose address was never verified may be somebody else, who is not told without end.
    """
    if not mailer.is_configured:
        return
    columns = (User.email, User.email_key, User.email_verified_at)
    row = (await uow.session.execute(select(*columns).where(User.id == user_id))).first()
    # The user of the local credential has no address.
    if row is None or "@" not in row.email:
        return
    is_verified = row.email_verified_at is not None
    if is_verified or not await letter_bounds.take(uow, clock, Kind.NOTICE, row.email_key):
        mailer.send(uow, letters.notice(mailer.public_url, row.email, what))
