"""Ending an execution, and the children that it started, because someone asks for it."""

import asyncio
import hashlib
from collections import deque
from collections.abc import AsyncIterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from runcast.database import UnitOfWork
from runcast.errors import Conflict, NotFound
from runcast.lifecycle import State
from runcast.models import Execution
from runcast.services.commands import Sender
from runcast.services.event_log.units import RequestCancel

CHILDREN_AT_ONCE = 200
_CANCEL = hashlib.sha256(b"cancel").digest()
_NO_ID = UUID(int=0)


@dataclass(frozen=True, slots=True)
class _Child:
    """A child that was cancelled, or still has to be."""

    id: UUID
    is_live: bool


async def request(uow: UnitOfWork, sender: Sender) -> int:
    """Cancel what is queued or waits, tell what runs; return the log's head after it.

    Its children are cancelled after it, and theirs, each by itself: one that ends meanwhile stays as
    it ended. Twice is as good as once.

    Raises:
        NotFound, Forbidden: as for every act on an execution.
        Conflict: it has ended otherwise.
        Unprocessable: the id was used before, for something else.
    """
    await sender.check(uow, "cancel")
    by, command = sender.principal.user_id, sender.command(_CANCEL)
    head = await sender.write(uow, RequestCancel(sender.execution_id, by, command))
    await _cancel_descendants(uow, sender)
    return head


async def _cancel_descendants(uow: UnitOfWork, sender: Sender) -> None:
    generations: deque[list[UUID]] = deque([[sender.execution_id]])
    while generations:
        async for children in _children(uow, generations.popleft()):
            await uow.commit()
            live = [child.id for child in children if child.is_live]
            await asyncio.gather(*(_cancel(sender, child_id) for child_id in live))
            generations.append([child.id for child in children])


async def _cancel(sender: Sender, child_id: UUID) -> None:
    with suppress(Conflict, NotFound):
        await sender.log.write(RequestCancel(child_id, sender.principal.user_id))


async def _children(uow: UnitOfWork, parents: Sequence[UUID]) -> AsyncIterator[list[_Child]]:
    """Yield the children that have not ended otherwise, in pages.

    Those that are cancelled already are among them: a process may have died before it came to theirs.
    """
    after = _NO_ID
    statement = select(Execution.id, Execution.state).where(
        Execution.parent_id.in_(parents),
        Execution.state.not_in((State.SUCCEEDED, State.FAILED)),
    )
    while True:
        page = statement.where(Execution.id > after).order_by(Execution.id).limit(CHILDREN_AT_ONCE)
        found = (await uow.session.execute(page)).all()
        if not found:
            return
        yield [_Child(id_, state != State.CANCELLED) for id_, state in found]
        after = found[-1].id
