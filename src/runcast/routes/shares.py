"""Share links of an execution, and tickets for its feed."""

from uuid import UUID

from fastapi import Request, status

from runcast import errors
from runcast.dependencies import ExecutionActor, Parts, RequestClient, Unit, Watcher
from runcast.routes import strict_route
from runcast.routes.problems import responses
from runcast.schemas.pages import Page
from runcast.schemas.shares import NewShare, Share, ShareRequest, Ticket, TicketRequest
from runcast.services import shares, tickets

router = strict_route.router("", "executions")

_ACTING = responses(errors.Unauthenticated, errors.Forbidden, errors.NotFound, errors.Unprocessable)


@router.post(
    "/executions/{execution_id}/share",
    status_code=status.HTTP_201_CREATED,
    responses={**_ACTING, **responses(errors.Conflict, errors.TooLarge)},
)
async def share_execution(
    execution_id: UUID,
    user: ExecutionActor,
    client: RequestClient,
    uow: Unit,
    runtime: Parts,
    body: ShareRequest | None = None,
) -> NewShare:
    """Make a token by which anybody watches this execution, and does nothing else."""
    expires_at = None if body is None else body.expires_at
    made, token = await shares.make(
        uow, runtime.audit, user, execution_id, expires_at, client=client
    )
    return NewShare(**Share.model_validate(made).model_dump(), token=token)


@router.get("/executions/{execution_id}/shares", responses=_ACTING)
async def list_shares(execution_id: UUID, user: ExecutionActor, uow: Unit) -> Page[Share]:
    """List the shares of an execution, the newest first; there is one page."""
    found = await shares.list_all(uow, user, execution_id)
    return Page[Share](items=[Share.model_validate(each) for each in found], next_cursor=None)


@router.delete(
    "/executions/{execution_id}/shares/{share_id}",
    status_code=status.HTTP_204_NO_CONTENT,
    responses=_ACTING,
)
async def delete_share(
    execution_id: UUID,
    share_id: UUID,
    user: ExecutionActor,
    client: RequestClient,
    uow: Unit,
    runtime: Parts,
) -> None:
    """Take a share back: its token is refused from now on, and what it has opened is closed."""
    await shares.end(
        uow,
        runtime.credentials,
        user,
        execution_id,
        share_id,
        audit=runtime.audit,
        client=client,
    )


@router.post(
    "/auth/tickets",
    status_code=status.HTTP_201_CREATED,
    responses=responses(
        errors.Unauthenticated,
        errors.Forbidden,
        errors.NotFound,
        errors.TooLarge,
        errors.Unprocessable,
    ),
)
async def create_ticket(
    body: TicketRequest, user: Watcher, uow: Unit, runtime: Parts, request: Request
) -> Ticket:
    """Make what a page opens the feed of an execution with: once, soon, and from the same origin."""
    origin = request.headers.get("origin")
    text = await tickets.offer(uow, runtime.clock, user, body.execution_id, origin)
    return Ticket(ticket=text, expires_in=int(tickets.LIFETIME.total_seconds()))
