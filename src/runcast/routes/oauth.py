"""`/api/auth/oauth`: out to a provider with a browser, and back."""

from typing import Annotated, Any, Literal

from fastapi import Path, Query, Request, Response, status

from runcast.dependencies import OnStrangers, Parts, RequestClient, SignInAttempts, Unit
from runcast.errors import (
    BadRequest,
    Conflict,
    NotFound,
    RuncastError,
    SignInRefused,
    TooMany,
    Unavailable,
    Unprocessable,
)
from runcast.routes import journey_cookie, refresh_cookie
from runcast.routes.problems import responses
from runcast.routes.strict_route import router as strict_router
from runcast.schemas.identities import Provider
from runcast.schemas.pages import Page
from runcast.services.providers import arrivals, destinations
from runcast.services.providers.arrivals import Arrived
from runcast.services.providers.base import Answer
from runcast.services.providers.destinations import Kind
from runcast.services.providers.journeys import Journey

router = strict_router("/auth/oauth", "accounts")

Name = Annotated[str, Path(pattern=r"^[a-z][a-z0-9-]{0,31}$")]
Challenge = Annotated[str | None, Query(pattern=r"^[A-Za-z0-9_-]{43}$")]
# Neither kept nor told on: what stands in an address here is of one browser and one moment.
_PRIVATE = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}
ELSEWHERE: dict[int | str, dict[str, Any]] = {
    status.HTTP_303_SEE_OTHER: {
        "description": "Where the browser goes next",
        "headers": {"Location": {"schema": {"type": "string"}}},
    }
}


@router.get("")
async def list_providers(runtime: Parts) -> Page[Provider]:
    """List where people can sign in besides here; there is one page."""
    found = [Provider.model_validate(each) for each in runtime.providers.by_name.values()]
    return Page[Provider](items=found, next_cursor=None)


@router.get(
    "/{provider}",
    status_code=status.HTTP_303_SEE_OTHER,
    dependencies=[OnStrangers],
    responses={
        **ELSEWHERE,
        **responses(BadRequest, Conflict, NotFound, TooMany, Unavailable, Unprocessable),
    },
)
async def sign_in_with_provider(
    provider: Name,
    request: Request,
    runtime: Parts,
    return_to: str = "/",
    code_challenge: Challenge = None,
    code_challenge_method: Literal["S256"] = "S256",
) -> Response:
    """Send a browser to a provider; it comes back to `return_to`, signed in or told why not."""
    destination = destinations.parse(return_to, runtime.settings.allowed_origins)
    if destination.kind is not Kind.PAGE and code_challenge is None:
        raise BadRequest("whoever is not a page of this server sends a code_challenge")
    theirs = runtime.providers.get(provider)
    journey = runtime.journeys.begin(
        provider,
        journey_cookie.redirect_uri(request, runtime.settings, provider),
        destination,
        challenge=code_challenge,
    )
    answer = _go(await theirs.authorization_url(journey.departure))
    sealed = runtime.journeys.seal(journey)
    journey_cookie.write(request, answer, runtime.settings, provider, sealed)
    return answer


@router.get(
    "/{provider}/callback",
    status_code=status.HTTP_303_SEE_OTHER,
    dependencies=[OnStrangers],
    responses={
        **ELSEWHERE,
        **responses(SignInRefused, NotFound, TooMany, Unavailable, Unprocessable),
    },
)
async def finish_sign_in_with_provider(
    provider: Name,
    request: Request,
    runtime: Parts,
    uow: Unit,
    client: RequestClient,
    attempts: SignInAttempts,
    state: str | None = None,
    code: str | None = None,
    iss: str | None = None,
    error: str | None = None,
) -> Response:
    """Receive a browser from a provider, and send it on to where it wanted to go."""
    runtime.providers.get(provider)
    sealed = journey_cookie.read(request, runtime.settings, provider)
    journey = runtime.journeys.open(provider, sealed, state)
    try:
        async with attempts.back():
            arrived = await arrivals.arrive(
                uow,
                runtime.providers,
                runtime.issuer,
                runtime.registrar,
                journey,
                answer=Answer(code=code, issuer=iss, error=error),
                client=client,
            )
    except TooMany:
        # The provider was not asked, and the same answer is good a little later.
        raise
    except RuncastError as refusal:
        answer = _go(journey.destination.telling(error=refusal.code))
    else:
        answer = _welcome(request, runtime, journey, arrived)
    journey_cookie.clear(request, answer, runtime.settings, provider)
    return answer


def _welcome(request: Request, runtime: Parts, journey: Journey, arrived: Arrived) -> Response:
    if arrived.code is not None:
        return _go(journey.destination.telling(code=arrived.code))
    answer = _go(journey.destination.url)
    if arrived.grant is not None:
        seconds = runtime.settings.session_idle_seconds
        refresh_cookie.write(request, answer, arrived.grant.refresh_token, seconds)
    return answer


def _go(url: str) -> Response:
    headers = {**_PRIVATE, "Location": url}
    return Response(status_code=status.HTTP_303_SEE_OTHER, headers=headers)
