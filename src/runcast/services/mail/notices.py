"""Telling people by letter what was done to their account, so that they know of what they did not do."""

from uuid import UUID

from sqlalchemy import select

from runcast.database import UnitOfWork
from runcast.models import User
from runcast.services.mail import letters
from runcast.services.mail.letters import Notice
from runcast.services.mail.mailer import Mailer

__all__ = ["Notice", "send"]


async def send(uow: UnitOfWork, mailer: Mailer, user_id: UUID, what: Notice) -> None:
    """Tell a person, once the unit has committed; where no mail is configured nobody is told."""
    if not mailer.is_configured:
        return
    email = await uow.session.scalar(select(User.email).where(User.id == user_id))
    # The user of the local credential has no address.
    if email is not None and "@" in email:
        mailer.send(uow, letters.notice(mailer.public_url, email, what))
