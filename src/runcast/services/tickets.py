"""Tickets: what a page opens a socket with, because it can send no header with one.

A ticket opens the feed of one execution, once, within 30 seconds, for a page of the origin that asked
for it; it stands for the credential that asked, and holds no longer than that.
"""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import delete

from runcast.clock import Clock
from runcast.database import UnitOfWork
from runcast.errors import InvalidToken
from runcast.models import Ticket
from runcast.services import executions, random_tokens
from runcast.services.principals import Principal, Spent

LIFETIME = timedelta(seconds=30)


async def offer(
    uow: UnitOfWork, clock: Clock, principal: Principal, execution_id: UUID, origin: str | None
) -> str:
    """Return a ticket for the feed of an execution.

    Raises:
        NotFound: there is none that this principal may see.
    """
    await executions.get(uow, execution_id, principal, whole=False)
    text = random_tokens.generate(random_tokens.TICKET)
    ticket = Ticket(
        hash=random_tokens.hash_of(text),
        user_id=principal.user_id,
        session_id=principal.session_id,
        api_key_id=principal.key_id,
        execution_id=execution_id,
        origin=origin,
        credential_expires_at=principal.expires_at,
        signed_by=principal.signed_by,
        expires_at=clock.now() + LIFETIME,
    )
    uow.session.add(ticket)
    return text


async def spend(
    uow: UnitOfWork, clock: Clock, text: str, execution_id: UUID | None, origin: str | None
) -> Spent:
    """Use a ticket up, whatever it is shown for, and return what it stood for.

    Raises:
        InvalidToken: it was spent, has expired, or is for another execution or origin.
    """
    statement = delete(Ticket).where(Ticket.hash == random_tokens.hash_of(text)).returning(Ticket)
    ticket = (await uow.session.execute(statement)).scalar_one_or_none()
    await uow.commit()
    if ticket is None or ticket.expires_at <= clock.now():
        raise InvalidToken("the ticket has been used, or has expired")
    if (ticket.execution_id, ticket.origin) != (execution_id, origin):
        raise InvalidToken("the ticket is for another feed")
    return Spent(
        user_id=ticket.user_id,
        session_id=ticket.session_id,
        key_id=ticket.api_key_id,
        expires_at=ticket.credential_expires_at,
        signed_by=ticket.signed_by,
    )
