"""Share links: who has one watches its execution. Who may publish it makes, lists and ends them.

A link holds as long as its maker might make it: it ends when they leave the team, or own it no longer.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, func, select

from runcast.database import UnitOfWork, turns
from runcast.errors import Conflict, NotFound, Unprocessable
from runcast.models import Share
from runcast.services import acting, executions, random_tokens
from runcast.services.audit import Action, Actor, Audit
from runcast.services.credentials import Credentials
from runcast.services.permissions import Right
from runcast.services.principals import Client, Principal
from runcast.services.sessions import changed

MAX_SHARES = 100


@dataclass(frozen=True, slots=True)
class ShareView:
    """A share as the owner of its execution sees it after it was made."""

    id: UUID
    execution_id: UUID
    created_at: datetime
    expires_at: datetime | None


async def make(
    uow: UnitOfWork,
    audit: Audit,
    principal: Principal,
    execution_id: UUID,
    expires_at: datetime | None,
    *,
    client: Client,
) -> tuple[ShareView, str]:
    """Make a share, and return it with its token, which nobody can tell again.

    Raises:
        NotFound: there is none that the principal may see.
        Forbidden: they may see it, and not share it.
        Unprocessable: it would have expired already.
        Conflict: the execution has as many as one can have.
        InvalidToken: their credential has ended meanwhile.
    """
    await acting.hold(uow, principal)
    await _check(uow, execution_id, principal)
    now = audit.clock.now()
    if expires_at is not None and expires_at <= now:
        raise Unprocessable("expires_at has passed")
    # Of a team's executions others make shares too. The row itself is not for keeping workers from.
    await turns.wait_for_turn(uow.session, f"shares {execution_id}")
    held = await uow.session.scalar(select(func.count()).where(Share.execution_id == execution_id))
    if (held or 0) >= MAX_SHARES:
        raise Conflict(f"no execution has more than {MAX_SHARES} shares; delete one first")
    token = random_tokens.generate(random_tokens.SHARE)
    share = Share(
        id=audit.ids.new(),
        execution_id=execution_id,
        created_by=principal.user_id,
        hash=random_tokens.hash_of(token),
        created_at=now,
        expires_at=expires_at,
    )
    uow.session.add(share)
    await uow.session.flush()
    await audit.note(
        uow,
        Action.SHARE_MADE,
        Actor(client, principal),
        subject=f"execution {execution_id}",
        share=str(share.id),
    )
    return _view(share), token


async def list_all(uow: UnitOfWork, principal: Principal, execution_id: UUID) -> list[ShareView]:
    """Return the shares of an execution, the newest first.

    Raises:
        NotFound: there is none that the principal may see.
        Forbidden: they may see it, and not share it.
    """
    await _check(uow, execution_id, principal)
    statement = select(Share).where(Share.execution_id == execution_id).order_by(Share.id.desc())
    return [_view(share) for share in await uow.session.scalars(statement)]


async def end(
    uow: UnitOfWork,
    credentials: Credentials,
    principal: Principal,
    execution_id: UUID,
    share_id: UUID,
    *,
    audit: Audit,
    client: Client,
) -> None:
    """Take a share back: its link is refused, and what it has opened is closed.

    Raises:
        NotFound: there is none that the principal may see, or no such share.
        Forbidden: they may see the execution, and not share it.
    """
    await _check(uow, execution_id, principal)
    its = (Share.id == share_id, Share.execution_id == execution_id)
    if not await changed(uow, delete(Share).where(*its)):
        raise NotFound("no such share")
    await audit.note(
        uow,
        Action.SHARE_ENDED,
        Actor(client, principal),
        subject=f"execution {execution_id}",
        share=str(share_id),
    )
    uow.after_commit(lambda: credentials.forget([share_id]))


async def _check(uow: UnitOfWork, execution_id: UUID, principal: Principal) -> None:
    await executions.get(uow, execution_id, principal, right=Right.PUBLISH, whole=False)


def _view(share: Share) -> ShareView:
    return ShareView(share.id, share.execution_id, share.created_at, share.expires_at)
