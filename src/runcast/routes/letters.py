"""What goes by letter, over HTTP: verifying an address, and setting a password that was forgotten."""

from runcast.dependencies import (
    PUBLIC,
    AccountHolder,
    MaybeAccountHolder,
    OnAccounts,
    Parts,
    RequestClient,
    Unit,
)
from runcast.errors import (
    CodeRefused,
    Conflict,
    InvalidToken,
    MailNotConfigured,
    TooLarge,
    TooMany,
    Unauthenticated,
    Unavailable,
    Unprocessable,
)
from runcast.routes.problems import responses
from runcast.routes.strict_route import router as strict_router
from runcast.schemas.letters import Confirmation, LetterSent, Reset, ResetRequest
from runcast.services import resets, verification
from runcast.services.audit import Actor

router = strict_router("/auth", "accounts")


@router.post(
    "/verification",
    status_code=202,
    responses=responses(Conflict, MailNotConfigured, TooMany, Unauthenticated),
)
async def ask_for_verification(
    uow: Unit, runtime: Parts, user: AccountHolder, client: RequestClient
) -> LetterSent:
    """Send oneself a letter by which one verifies one's address."""
    await verification.ask(uow, runtime.registrar, user.user_id, by=Actor(client, user))
    return LetterSent()


@router.post(
    "/verification/confirm",
    status_code=204,
    dependencies=[OnAccounts],
    openapi_extra=PUBLIC,
    responses=responses(
        CodeRefused, Conflict, InvalidToken, TooLarge, TooMany, Unavailable, Unprocessable
    ),
)
async def confirm_verification(
    uow: Unit, runtime: Parts, user: MaybeAccountHolder, client: RequestClient, body: Confirmation
) -> None:
    """Verify the address that a letter was sent to, or make it one's own if one asked for that."""
    await verification.confirm(
        uow,
        runtime.registrar,
        runtime.issuer,
        runtime.credentials,
        body.code,
        password=body.password,
        by=Actor(client, user),
    )


@router.post(
    "/reset",
    status_code=202,
    dependencies=[OnAccounts],
    responses=responses(MailNotConfigured, TooLarge, TooMany, Unprocessable),
)
async def ask_for_reset(
    uow: Unit, runtime: Parts, client: RequestClient, body: ResetRequest
) -> LetterSent:
    """Send a letter by which a new password is set; the answer is one for every address."""
    await resets.ask(uow, runtime.registrar, body.email, client=client)
    return LetterSent()


@router.post(
    "/reset/confirm",
    status_code=204,
    dependencies=[OnAccounts],
    responses=responses(CodeRefused, TooLarge, TooMany, Unavailable, Unprocessable),
)
async def confirm_reset(uow: Unit, runtime: Parts, client: RequestClient, body: Reset) -> None:
    """Set a new password by a code: sessions, keys and share links have ended, and one signs in anew."""
    await resets.confirm(
        uow,
        runtime.registrar,
        runtime.issuer,
        runtime.credentials,
        body.code,
        password=body.password,
        client=client,
    )
