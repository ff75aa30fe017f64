"""What stands in the audit log of a test's application."""

from sqlalchemy import select

from runcast.database import UnitOfWork
from runcast.models import AuditEntry
from runcast.runtime import Runtime
from runcast.services.audit import Action


async def entries(runtime: Runtime, action: Action) -> list[AuditEntry]:
    """Return what stands in the audit log about this kind of act, the oldest first."""
    async with UnitOfWork(runtime.database) as uow:
        found = select(AuditEntry).where(AuditEntry.action == action).order_by(AuditEntry.id)
        return list(await uow.session.scalars(found))
