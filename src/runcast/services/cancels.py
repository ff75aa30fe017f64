"""Ending an execution because someone asks for it."""

import hashlib
from uuid import UUID

from runcast.database import UnitOfWork
from runcast.services import executions
from runcast.services.credentials import Principal
from runcast.services.event_log import EventLog
from runcast.services.event_log.sqlite import Repeat
from runcast.services.event_log.units import CommandKey, RequestCancel

_CANCEL = hashlib.sha256(b"cancel").digest()


async def request(
    uow: UnitOfWork, log: EventLog, principal: Principal, execution_id: UUID, key: str | None
) -> int:
    """Cancel what is queued, tell what runs; return the log's head after it. Twice is as good as once.

    Args:
        key: the sender's own id of this command, unique per principal and execution.

    Raises:
        NotFound, Forbidden: as for every act on an execution.
        Conflict: it has ended otherwise.
        Unprocessable: the id was used before, for something else.
    """
    await executions.get_own(uow, execution_id, principal)
    await uow.commit()
    scope = f"execution {principal.user_id} {execution_id}"
    command = None if key is None else CommandKey(scope, key, _CANCEL)
    outcome = await log.write(RequestCancel(execution_id, principal.user_id, command))
    head: int = outcome.outcome if isinstance(outcome, Repeat) else outcome
    return head
