"""The audit log over HTTP: all of it for administrators, what concerns oneself for everybody."""

from typing import Annotated

from fastapi import Query

from runcast.dependencies import AccountHolder, Administrator, Parts, Unit
from runcast.errors import Forbidden, Unauthenticated, Unprocessable
from runcast.routes.problems import responses
from runcast.routes.strict_route import router as strict_router
from runcast.schemas.audit import AuditEntry, AuditFilters
from runcast.schemas.pages import Page
from runcast.services import audit_lists
from runcast.services.audit_entries import Entry

router = strict_router("", "audit")

_REFUSALS = responses(Unauthenticated, Forbidden, Unprocessable)


@router.get("/audit", responses=_REFUSALS)
async def list_audit_entries(
    filters: Annotated[AuditFilters, Query()], user: Administrator, uow: Unit, runtime: Parts
) -> Page[AuditEntry]:
    """List who did what to accounts, credentials, roles and sharing, the newest first."""
    asked = audit_lists.AuditFilters(
        **filters.model_dump(include={"action", "user_id", "subject", "since", "until"})
    )
    page, after = await audit_lists.page(
        uow, runtime.cursors, asked, limit=filters.limit, cursor=filters.cursor
    )
    return _page(page, after)


@router.get("/auth/activity", responses=_REFUSALS)
async def list_activity(
    user: AccountHolder,
    uow: Unit,
    runtime: Parts,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    cursor: str | None = None,
) -> Page[AuditEntry]:
    """List what one did, and what was done to one's account or tried with it, the newest first."""
    page, after = await audit_lists.of_one(
        uow, runtime.cursors, user.user_id, limit=limit, cursor=cursor
    )
    return _page(page, after)


def _page(entries: list[Entry], after: str | None) -> Page[AuditEntry]:
    items = [AuditEntry.model_validate(entry) for entry in entries]
    return Page[AuditEntry](items=items, next_cursor=after)
