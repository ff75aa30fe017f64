"""Accounts over HTTP: register, sign in and out, oneself."""

from typing import Annotated

from fastapi import Form, Request, Response

from runcast.dependencies import (
    AccountHolder,
    OnAccounts,
    Parts,
    RequestClient,
    SignInAttempts,
    Unit,
)
from runcast.errors import (
    Conflict,
    Forbidden,
    InvalidGrant,
    InvalidTokenRequest,
    TooLarge,
    TooMany,
    Unauthenticated,
    Unavailable,
    Unprocessable,
    UnsupportedGrantType,
)
from runcast.routes import refresh_cookie
from runcast.routes.problems import NOT_STORED, responses
from runcast.routes.strict_route import router as strict_router
from runcast.schemas.tokens import TokenRequest, Tokens
from runcast.schemas.users import MeUpdate, RegisterRequest, User
from runcast.services import grants, sessions, users
from runcast.services.principals import Client
from runcast.services.sessions import Grant

router = strict_router("/auth", "accounts")


@router.post(
    "/register",
    status_code=201,
    dependencies=[OnAccounts],
    responses=responses(Conflict, Forbidden, TooLarge, TooMany, Unavailable, Unprocessable),
)
async def register(uow: Unit, runtime: Parts, client: RequestClient, body: RegisterRequest) -> User:
    """Make an account; with the setup token that the server printed, an administrator's."""
    newcomer = users.Newcomer(email=body.email, password=body.password, name=body.name)
    user = await users.register(
        uow, runtime.registrar, newcomer, client=client, setup_token=body.setup_token
    )
    return User.model_validate(user)


@router.post(
    "/token",
    responses=responses(
        InvalidGrant,
        InvalidTokenRequest,
        UnsupportedGrantType,
        Forbidden,
        TooLarge,
        TooMany,
        Unavailable,
    ),
    response_model_exclude_none=True,
)
async def token(
    uow: Unit,
    runtime: Parts,
    request: Request,
    response: Response,
    *,
    client: RequestClient,
    attempts: SignInAttempts,
    form: Annotated[TokenRequest, Form()],
) -> Tokens:
    """Sign in (`grant_type=password`), or rotate a refresh token (`grant_type=refresh_token`)."""
    response.headers.update(NOT_STORED)
    if not form.cookie:
        return Tokens.model_validate(await _counted(attempts, uow, runtime, client, form))
    refresh_cookie.check_page(request)
    known = form.model_copy(update={"refresh_token": refresh_cookie.read(request)})
    grant = await _counted(attempts, uow, runtime, client, known)
    seconds = runtime.settings.session_idle_seconds
    refresh_cookie.write(request, response, grant.refresh_token, seconds)
    return Tokens(access_token=grant.access_token, expires_in=grant.expires_in)


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
async def read_me(uow: Unit, user: AccountHolder) -> User:
    """Return oneself."""
    return User.model_validate(await users.get(uow, user.user_id))


@router.patch("/me", responses=responses(TooLarge, Unauthenticated, Unavailable, Unprocessable))
async def change_me(
    uow: Unit, runtime: Parts, user: AccountHolder, client: RequestClient, body: MeUpdate
) -> User:
    """Change one's name or password; a new password ends every other session."""
    change = users.Change(
        name=body.name, password=body.password, current_password=body.current_password
    )
    changed = await users.update_me(
        uow, runtime.registrar, runtime.credentials, user, change, client=client
    )
    return User.model_validate(changed)


async def _counted(
    attempts: SignInAttempts, uow: Unit, runtime: Parts, client: Client, form: TokenRequest
) -> Grant:
    if form.grant_type == "refresh_token":
        # Nobody guesses one, and whoever holds one is not to be shut out by those who guess passwords.
        return await _grant(uow, runtime, client, form)
    async with attempts.at(form.username):
        return await _grant(uow, runtime, client, form)


async def _grant(uow: Unit, runtime: Parts, client: Client, form: TokenRequest) -> Grant:
    match form.grant_type:
        case "password":
            return await _password_grant(uow, runtime, client, form)
        case "refresh_token":
            text = _needed("refresh_token", form.refresh_token)
            return await grants.by_refresh_token(
                uow, runtime.issuer, runtime.credentials, text, client=client
            )
        case None | "":
            raise InvalidTokenRequest("The parameter grant_type is missing.")
        case _:
            raise UnsupportedGrantType("The grants are password and refresh_token.")


async def _password_grant(uow: Unit, runtime: Parts, client: Client, form: TokenRequest) -> Grant:
    return await grants.by_password(
        uow,
        runtime.issuer,
        runtime.registrar.passwords,
        email=_needed("username", form.username),
        password=_needed("password", form.password),
        client=client,
    )


def _needed(name: str, value: str | None) -> str:
    if not value:
        raise InvalidTokenRequest(f"The parameter {name} is missing.")
    return value
