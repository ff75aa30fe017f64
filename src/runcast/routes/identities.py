"""`/api/auth/identities`: which providers' identities sign one in."""

from typing import Annotated
from uuid import UUID

from fastapi import Query, Request, Response

from runcast.dependencies import AccountHolder, Parts, ProvenHolder, RequestClient, Unit
from runcast.errors import (
    BadRequest,
    Conflict,
    Forbidden,
    LastWayIn,
    NotFound,
    ProofRequired,
    TooLarge,
    Unauthenticated,
    Unavailable,
    Unprocessable,
)
from runcast.routes import journey_cookie
from runcast.routes.problems import NOT_STORED, responses
from runcast.routes.strict_route import router as strict_router
from runcast.schemas.identities import Identity, Link, LinkRequest
from runcast.schemas.pages import Page
from runcast.services import identities
from runcast.services.audit import Actor
from runcast.services.providers import destinations

router = strict_router("/auth/identities", "accounts")

_REFUSALS = (Unauthenticated, Forbidden, Unprocessable)


@router.post(
    "",
    responses=responses(
        *_REFUSALS, BadRequest, Conflict, NotFound, ProofRequired, TooLarge, Unavailable
    ),
)
async def link_identity(
    body: LinkRequest,
    user: ProvenHolder,
    uow: Unit,
    runtime: Parts,
    request: Request,
    response: Response,
) -> Link:
    """Begin to link an identity with one's account, in this browser; it ends at a page of this server."""
    destination = destinations.parse(body.return_to, ())
    if destination.kind is not destinations.Kind.PAGE:
        raise BadRequest("return_to is a path of this server")
    if user.session_id is None:
        raise Conflict("this credential is of no session, and what is linked is bound to one")
    provider = runtime.providers.get(body.provider)
    await uow.commit()
    journey = runtime.journeys.begin(
        provider.name,
        journey_cookie.redirect_uri(request, runtime.settings, provider.name),
        destination,
        user_id=user.user_id,
        session_id=user.session_id,
    )
    url = await provider.authorization_url(journey.departure)
    sealed = runtime.journeys.seal(journey)
    journey_cookie.write(request, response, runtime.settings, provider.name, sealed)
    response.headers.update(NOT_STORED)
    return Link(authorization_url=url)


@router.get("", responses=responses(*_REFUSALS))
async def list_identities(
    user: AccountHolder,
    uow: Unit,
    runtime: Parts,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    cursor: str | None = None,
) -> Page[Identity]:
    """List the identities that sign one in, the newest first."""
    page, after = await identities.list_own(
        uow, runtime.cursors, user.user_id, limit=limit, cursor=cursor
    )
    found = [Identity.model_validate(each) for each in page]
    return Page[Identity](items=found, next_cursor=after)


@router.delete(
    "/{identity_id}",
    status_code=204,
    responses=responses(*_REFUSALS, NotFound, LastWayIn, ProofRequired),
)
async def remove_identity(
    identity_id: UUID, user: ProvenHolder, uow: Unit, runtime: Parts, client: RequestClient
) -> None:
    """Take an identity away from one's account: it signs nobody in from now on."""
    await identities.remove(uow, runtime.issuer, runtime.mailer, Actor(client, user), identity_id)
