"""Second factors over HTTP, and proving again who one is."""

from typing import Any

from fastapi import Response

from runcast.dependencies import (
    AccountHolder,
    MaybeRelyingParty,
    Parts,
    ProvenHolder,
    RequestClient,
    SignInAttempts,
    Unit,
)
from runcast.errors import (
    Conflict,
    Forbidden,
    NotFound,
    ProofRequired,
    TooLarge,
    TooMany,
    Unauthenticated,
    Unavailable,
    Unprocessable,
)
from runcast.routes.problems import NOT_STORED, responses
from runcast.routes.strict_route import router as strict_router
from runcast.schemas.factors import (
    Factors,
    NewTotp,
    ProofRequest,
    RecoveryCodes,
    TotpConfirmation,
)
from runcast.services.audit import Actor
from runcast.services.factors import factors, proofs, totp

router = strict_router("/auth", "accounts")

_READING: tuple[Any, ...] = (Unauthenticated, Forbidden)
_CHANGING: tuple[Any, ...] = (*_READING, ProofRequired)


@router.post(
    "/prove",
    status_code=204,
    responses=responses(*_READING, TooLarge, TooMany, Unavailable, Unprocessable),
)
async def prove_again(
    uow: Unit,
    runtime: Parts,
    user: AccountHolder,
    client: RequestClient,
    party: MaybeRelyingParty,
    *,
    attempts: SignInAttempts,
    body: ProofRequest,
) -> None:
    """Prove again who one is, for what is sensitive."""
    async with attempts.by(user):
        await proofs.prove(
            uow,
            runtime.prover,
            runtime.registrar.passwords,
            party,
            Actor(client, user),
            principal=user,
            evidence=proofs.Evidence(**body.model_dump()),
        )


@router.get("/factors", responses=responses(*_READING))
async def get_factors(uow: Unit, user: AccountHolder) -> Factors:
    """Tell what one has to sign in with."""
    return Factors.model_validate(await factors.overview(uow, user.user_id))


@router.post("/factors/totp", status_code=201, responses=responses(*_CHANGING, Conflict))
async def begin_totp(uow: Unit, runtime: Parts, user: ProvenHolder, response: Response) -> NewTotp:
    """Begin to add an authenticator app; it counts once it is confirmed."""
    response.headers.update(NOT_STORED)
    return NewTotp.model_validate(await totp.begin(uow, runtime.prover, user.user_id))


@router.post(
    "/factors/totp/confirm", responses=responses(*_CHANGING, NotFound, TooLarge, Unprocessable)
)
async def confirm_totp(
    uow: Unit,
    runtime: Parts,
    user: ProvenHolder,
    client: RequestClient,
    response: Response,
    *,
    body: TotpConfirmation,
) -> RecoveryCodes:
    """Confirm the app by a code of it, and get recovery codes; they are told this once."""
    response.headers.update(NOT_STORED)
    codes = await factors.confirm_totp(
        uow, runtime.prover, Actor(client, user), user.user_id, body.code
    )
    return RecoveryCodes(recovery_codes=list(codes))


@router.delete("/factors/totp", status_code=204, responses=responses(*_CHANGING, NotFound))
async def remove_totp(uow: Unit, runtime: Parts, user: ProvenHolder, client: RequestClient) -> None:
    """Remove the authenticator app: it is asked for no more."""
    await factors.remove_totp(uow, runtime.prover, Actor(client, user), user.user_id)


@router.post("/factors/recovery-codes", status_code=201, responses=responses(*_CHANGING, Conflict))
async def renew_recovery_codes(
    uow: Unit, runtime: Parts, user: ProvenHolder, client: RequestClient, response: Response
) -> RecoveryCodes:
    """Get new recovery codes, told this once; the old ones are good no more."""
    response.headers.update(NOT_STORED)
    codes = await factors.renew_codes(uow, runtime.prover, Actor(client, user), user.user_id)
    return RecoveryCodes(recovery_codes=list(codes))
