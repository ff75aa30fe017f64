"""The grants of the token endpoint, by their names: the form's fields on the way to the services."""

from runcast.database import UnitOfWork
from runcast.errors import InvalidTokenRequest, UnsupportedGrantType
from runcast.runtime import Runtime
from runcast.schemas.tokens import BOUNDS, MFA_GRANT, PASSKEY_GRANT, TokenRequest
from runcast.services import grants
from runcast.services.factors import passkey_sign_in, second_step
from runcast.services.factors.relying_party import RelyingParty
from runcast.services.factors.second_step import Answer
from runcast.services.principals import Client
from runcast.services.providers import finished_sign_ins
from runcast.services.sessions import Grant


async def grant(
    uow: UnitOfWork,
    runtime: Runtime,
    client: Client,
    party: RelyingParty | None,
    form: TokenRequest,
) -> Grant:
    """Return what the form's grant hands out.

    Raises:
        TokenRefused: nothing.
    """
    _check_lengths(form)
    match form.grant_type:
        case "password":
            return await _by_password(uow, runtime, client, party, form)
        case "refresh_token":
            text = _needed("refresh_token", form.refresh_token)
            return await grants.by_refresh_token(
                uow, runtime.issuer, runtime.credentials, text, client=client
            )
        case name if name == MFA_GRANT:
            return await _by_second_factor(uow, runtime, client, party, form)
        case name if name == PASSKEY_GRANT:
            return await _by_passkey(uow, runtime, client, party, form)
        case "authorization_code":
            return await finished_sign_ins.by_code(
                uow,
                runtime.issuer,
                code=_needed("code", form.code),
                verifier=_needed("code_verifier", form.code_verifier),
                client=client,
            )
        case None | "":
            raise InvalidTokenRequest("The parameter grant_type is missing.")
        case _:
            names = f"password, refresh_token, authorization_code, {MFA_GRANT} and {PASSKEY_GRANT}"
            raise UnsupportedGrantType(f"The grants are {names}.")


async def _by_password(
    uow: UnitOfWork,
    runtime: Runtime,
    client: Client,
    party: RelyingParty | None,
    form: TokenRequest,
) -> Grant:
    return await grants.by_password(
        uow,
        runtime.issuer,
        runtime.registrar.passwords,
        runtime.prover,
        party,
        email=_needed("username", form.username),
        password=_needed("password", form.password),
        client=client,
    )


async def _by_second_factor(
    uow: UnitOfWork,
    runtime: Runtime,
    client: Client,
    party: RelyingParty | None,
    form: TokenRequest,
) -> Grant:
    token = _needed("mfa_token", form.mfa_token)
    shown = [form.otp, form.recovery_code, form.passkey]
    if len([one for one in shown if one]) != 1:
        raise InvalidTokenRequest("Send one of otp, recovery_code and passkey.")
    answer = Answer(*(one or None for one in shown))
    return await second_step.finish(
        uow, runtime.issuer, runtime.prover, party, client, token=token, answer=answer
    )


async def _by_passkey(
    uow: UnitOfWork,
    runtime: Runtime,
    client: Client,
    party: RelyingParty | None,
    form: TokenRequest,
) -> Grant:
    return await passkey_sign_in.finish(
        uow,
        runtime.issuer,
        runtime.prover,
        party,
        client,
        code=_needed("code", form.code),
        passkey=_needed("passkey", form.passkey),
    )


def _check_lengths(form: TokenRequest) -> None:
    """Refuse what is longer than any of its kind before work is done for it, as what is not good."""
    for name, longest in BOUNDS.items():
        if len(getattr(form, name) or "") > longest:
            raise grants.refused()


def _needed(name: str, value: str | None) -> str:
    if not value:
        raise InvalidTokenRequest(f"The parameter {name} is missing.")
    return value
