"""Accounts over HTTP: what a sign-in can offer, register, sign in and out, oneself."""

from contextlib import nullcontext
from typing import Annotated

from fastapi import Form, Request, Response
from starlette.datastructures import FormData

from runcast.dependencies import (
    AccountHolder,
    MaybeRelyingParty,
    OnAccounts,
    OnStrangers,
    Parts,
    RequestClient,
    SignInAttempts,
    Unit,
)
from runcast.errors import (
    CodeRefused,
    Conflict,
    Forbidden,
    InvalidGrant,
    InvalidTokenRequest,
    MfaFailed,
    MfaRequired,
    TooLarge,
    TooMany,
    Unauthenticated,
    Unavailable,
    Unprocessable,
    UnsupportedGrantType,
)
from runcast.routes import refresh_cookie, token_grants
from runcast.routes.problems import NOT_STORED, responses
from runcast.routes.strict_route import router as strict_router
from runcast.schemas.letters import LetterSent
from runcast.schemas.tokens import TokenRequest, Tokens
from runcast.schemas.users import MeUpdate, RegisterRequest, SignInOptions, User
from runcast.services import own_account, registration, sessions, users

router = strict_router("/auth", "accounts")


@router.get("/options", dependencies=[OnStrangers], responses=responses(TooMany, Unavailable))
async def get_sign_in_options(runtime: Parts) -> SignInOptions:
    """Tell what a page can offer to who is not signed in."""
    return SignInOptions(
        registration=runtime.registrar.registration,
        sends_letters=runtime.mailer.is_configured,
        awaits_administrator=await runtime.setup_offer.answer(),
    )


@router.post(
    "/register",
    status_code=201,
    dependencies=[OnAccounts],
    responses={
        202: {"model": LetterSent, "description": "A letter says how it goes on"},
        **responses(
            Conflict, Forbidden, TooLarge, TooMany, Unavailable, Unprocessable, CodeRefused
        ),
    },
)
async def register(
    uow: Unit, runtime: Parts, client: RequestClient, body: RegisterRequest, response: Response
) -> User | LetterSent:
    """Make an account; with the setup token that the server printed, an administrator's.

    Where addresses have to be verified, the answer is 202, whether the address has an account or not.
    """
    newcomer = users.Newcomer(email=body.email, password=body.password, name=body.name)
    user = await registration.register(
        uow,
        runtime.registrar,
        newcomer,
        client=client,
        setup_token=body.setup_token,
        invite=body.invite,
    )
    if user is None:
        response.status_code = 202
        return LetterSent()
    return User.model_validate(user)


@router.post(
    "/token",
    responses=responses(
        InvalidGrant,
        InvalidTokenRequest,
        MfaFailed,
        MfaRequired,
        UnsupportedGrantType,
        Forbidden,
        TooLarge,
        TooMany,
        Unavailable,
    ),
    response_model_exclude_none=True,
)
async def issue_tokens(
    uow: Unit,
    runtime: Parts,
    request: Request,
    response: Response,
    *,
    client: RequestClient,
    attempts: SignInAttempts,
    party: MaybeRelyingParty,
    form: Annotated[TokenRequest, Form()],
) -> Tokens:
    """Sign in (`grant_type=password`, and what goes on from there), or rotate a refresh token."""
    response.headers.update(NOT_STORED)
    _check_form(request, await request.form())
    if form.cookie:
        refresh_cookie.check_page(request)
        form = form.model_copy(update={"refresh_token": refresh_cookie.read(request)})
    if form.grant_type == "refresh_token":
        # Nobody guesses one, and whoever holds one is not to be shut out by those who guess passwords.
        grant = await token_grants.grant(uow, runtime, client, party, form)
    else:
        async with attempts.at(form.username):
            grant = await token_grants.grant(uow, runtime, client, party, form)
    if not form.cookie:
        return Tokens.model_validate(grant)
    seconds = runtime.settings.session_idle_seconds
    refresh_cookie.write(request, response, grant.refresh_token, seconds)
    return Tokens(access_token=grant.access_token, expires_in=grant.expires_in)


def _check_form(request: Request, form: FormData) -> None:
    """Refuse what is no form, and a parameter that is given twice (RFC 6749, 3.2).

    Others on the way may read the other one.
    """
    if not form and request.headers.get("content-length", "0") != "0":
        raise InvalidTokenRequest("Send a form (Content-Type: application/x-www-form-urlencoded).")
    names = [name for name, _ in form.multi_items()]
    if len(names) != len(set(names)):
        raise InvalidTokenRequest("A parameter is given more than once.")


@router.post("/logout", status_code=204, responses=responses(Conflict, Unauthenticated))
async def logout(
    uow: Unit,
    runtime: Parts,
    user: AccountHolder,
    client: RequestClient,
    request: Request,
    response: Response,
) -> None:
    """End this session: its access and refresh tokens stop working."""
    await sessions.end_own(uow, runtime.issuer, runtime.credentials, user, client=client)
    refresh_cookie.clear(request, response)


@router.get("/me", responses=responses(Unauthenticated))
async def get_me(uow: Unit, user: AccountHolder) -> User:
    """Return oneself."""
    return User.model_validate(await users.get(uow, user.user_id))


@router.patch(
    "/me",
    responses=responses(Conflict, TooLarge, TooMany, Unauthenticated, Unavailable, Unprocessable),
)
async def change_me(
    uow: Unit,
    runtime: Parts,
    user: AccountHolder,
    client: RequestClient,
    attempts: SignInAttempts,
    *,
    body: MeUpdate,
) -> User:
    """Change one's name, password or address; a new password ends every other session."""
    change = own_account.Change(
        name=body.name,
        email=body.email,
        password=body.password,
        current_password=body.current_password,
    )
    # A password can be guessed here too.
    async with nullcontext() if body.current_password is None else attempts.by(user):
        changed = await own_account.change(
            uow, runtime.registrar, runtime.credentials, user, change, client=client
        )
    return User.model_validate(changed)
