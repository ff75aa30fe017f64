"""Invitations over HTTP: made, listed, taken back, accepted."""

from typing import Annotated
from uuid import UUID

from fastapi import Query

from runcast.dependencies import AccountHolder, OnAccounts, Parts, RequestClient, Unit
from runcast.errors import (
    CodeRefused,
    Conflict,
    Forbidden,
    NotFound,
    TooLarge,
    TooMany,
    Unauthenticated,
    Unprocessable,
)
from runcast.routes.problems import responses
from runcast.routes.strict_route import router as strict_router
from runcast.schemas.invitations import (
    Accepted,
    Invitation,
    InvitationCode,
    InvitationPreview,
    InvitationRequest,
    NewInvitation,
)
from runcast.schemas.pages import Page
from runcast.services import invitation_codes, invitations
from runcast.services.audit import Actor
from runcast.services.mail.letters import invitation_link
from runcast.services.permissions import Role

router = strict_router("", "teams")

_REFUSALS = responses(Forbidden, NotFound, Unauthenticated, Unprocessable)


@router.post(
    "/invitations", status_code=201, responses=_REFUSALS | responses(Conflict, TooLarge, TooMany)
)
async def invite(
    body: InvitationRequest, user: AccountHolder, uow: Unit, runtime: Parts, client: RequestClient
) -> NewInvitation:
    """Invite an address, to a team that one owns, or as an administrator to an account."""
    role = None if body.role is None else Role(body.role)
    asked = invitations.Asked(body.email, body.team_id, role)
    made, code = await invitations.make(uow, runtime.registrar, asked, by=Actor(client, user))
    link = None if code is None else invitation_link(runtime.mailer.public_url, code)
    return NewInvitation(**Invitation.model_validate(made).model_dump(), link=link)


@router.get("/invitations", responses=_REFUSALS)
async def list_invitations(
    user: AccountHolder,
    uow: Unit,
    runtime: Parts,
    team_id: UUID | None = None,
    *,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    cursor: str | None = None,
) -> Page[Invitation]:
    """List the open invitations to a team, or without `team_id` those to an account, the newest first."""
    page, after = await invitations.list_all(
        uow, runtime.clock, runtime.cursors, user, team_id, limit=limit, cursor=cursor
    )
    return Page[Invitation](
        items=[Invitation.model_validate(each) for each in page], next_cursor=after
    )


@router.delete("/invitations/{invitation_id}", status_code=204, responses=_REFUSALS)
async def end_invitation(
    invitation_id: UUID, user: AccountHolder, uow: Unit, runtime: Parts, client: RequestClient
) -> None:
    """Take an invitation back: its code is refused from now on."""
    await invitations.end(uow, runtime.registrar, invitation_id, by=Actor(client, user))


@router.post(
    "/auth/invitations",
    dependencies=[OnAccounts],
    responses=responses(CodeRefused, Conflict, NotFound, TooLarge, TooMany, Unauthenticated),
)
async def accept_invitation(
    body: InvitationCode, user: AccountHolder, uow: Unit, runtime: Parts, client: RequestClient
) -> Accepted:
    """Accept an invitation that was sent to one's address."""
    invited = await invitation_codes.accept(
        uow, runtime.registrar, body.code, by=Actor(client, user)
    )
    return Accepted.model_validate({"team_id": invited.team_id, "role": invited.role})


@router.post(
    "/auth/invitations/preview",
    dependencies=[OnAccounts],
    responses=responses(CodeRefused, TooLarge, TooMany, Unprocessable),
)
async def preview_invitation(body: InvitationCode, uow: Unit, runtime: Parts) -> InvitationPreview:
    """Tell whoever has an invitation's code what it is to, and for which address."""
    return InvitationPreview.model_validate(
        await invitation_codes.preview(uow, runtime.clock, body.code)
    )
