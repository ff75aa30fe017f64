"""Passkeys over HTTP: challenges for whoever has one, and one's own."""

from typing import Any
from uuid import UUID

from fastapi import Response

from runcast.dependencies import (
    PUBLIC,
    AccountHolder,
    MaybeRelyingParty,
    OnStrangers,
    Parts,
    ProvenHolder,
    RequestClient,
    RequiredRelyingParty,
    Unit,
    get_required_relying_party,
)
from runcast.errors import (
    Conflict,
    Forbidden,
    LastWayIn,
    NotFound,
    ProofRequired,
    TooLarge,
    TooMany,
    Unauthenticated,
    Unprocessable,
)
from runcast.routes.problems import NOT_STORED, responses
from runcast.routes.strict_route import router as strict_router
from runcast.schemas.factors import Ceremony, NewPasskey, Passkey, PasskeyRequest, PasskeyUpdate
from runcast.schemas.pages import Page
from runcast.services.audit import Actor
from runcast.services.factors import challenges, factors, passkey_sign_in, passkeys

router = strict_router("/auth", "accounts")

_READING: tuple[Any, ...] = (Unauthenticated, Forbidden)
_CHANGING: tuple[Any, ...] = (*_READING, ProofRequired, Unprocessable)


@router.post(
    "/passkey-challenges",
    dependencies=[OnStrangers],
    responses=responses(Conflict, TooMany),
    openapi_extra=PUBLIC,
)
async def create_passkey_challenge(
    runtime: Parts, party: RequiredRelyingParty, response: Response
) -> Ceremony:
    """Return a challenge for signing in by a passkey, or for proving who one is by it."""
    response.headers.update(NOT_STORED)
    asked = passkey_sign_in.ask(runtime.prover, party)
    seconds = int(challenges.LIFETIME.total_seconds())
    return Ceremony(code=asked.code, options=asked.options, expires_in=seconds)


@router.post("/passkey-options", responses=responses(*_CHANGING, Conflict, NotFound))
async def create_passkey_options(
    uow: Unit,
    runtime: Parts,
    user: ProvenHolder,
    party: RequiredRelyingParty,
    response: Response,
) -> Ceremony:
    """Begin to add a passkey."""
    response.headers.update(NOT_STORED)
    begun = await passkeys.begin(uow, runtime.prover, party, user.user_id)
    seconds = int(passkeys.LIFETIME.total_seconds())
    return Ceremony(code=begun.code, options=begun.options, expires_in=seconds)


@router.post(
    "/passkeys",
    status_code=201,
    responses=responses(*_CHANGING, Conflict, TooLarge),
)
async def add_passkey(
    uow: Unit,
    runtime: Parts,
    user: ProvenHolder,
    party: MaybeRelyingParty,
    client: RequestClient,
    response: Response,
    *,
    body: PasskeyRequest,
) -> NewPasskey:
    """Add the passkey that the browser has made."""
    response.headers.update(NOT_STORED)
    made, codes = await factors.add_passkey(
        uow,
        runtime.prover,
        # After the body has been read: what is wrong with that is told first.
        await get_required_relying_party(party),
        Actor(client, user),
        user.user_id,
        code=body.code,
        credential=body.credential,
        name=body.name,
    )
    told = None if codes is None else list(codes)
    return NewPasskey(**Passkey.model_validate(made).model_dump(), recovery_codes=told)


@router.get("/passkeys", responses=responses(*_READING))
async def list_passkeys(uow: Unit, user: AccountHolder) -> Page[Passkey]:
    """List one's passkeys, the newest first; there is one page."""
    found = await passkeys.list_own(uow, user.user_id)
    return Page[Passkey](items=[Passkey.model_validate(one) for one in found], next_cursor=None)


@router.patch("/passkeys/{passkey_id}", responses=responses(*_CHANGING, NotFound, TooLarge))
async def rename_passkey(
    passkey_id: UUID,
    uow: Unit,
    runtime: Parts,
    user: AccountHolder,
    client: RequestClient,
    *,
    body: PasskeyUpdate,
) -> Passkey:
    """Call one of one's passkeys something else."""
    renamed = await factors.rename_passkey(
        uow, runtime.prover, Actor(client, user), user.user_id, passkey_id, name=body.name
    )
    return Passkey.model_validate(renamed)


@router.delete(
    "/passkeys/{passkey_id}", status_code=204, responses=responses(*_CHANGING, NotFound, LastWayIn)
)
async def remove_passkey(
    passkey_id: UUID, uow: Unit, runtime: Parts, user: ProvenHolder, client: RequestClient
) -> None:
    """Remove one of one's passkeys: it signs nobody in from now on."""
    await factors.remove_passkey(uow, runtime.prover, Actor(client, user), user.user_id, passkey_id)
