"""The code flow of OAuth 2 with PKCE (RFC 6749, 7636): out with a browser, and a code for a token."""

import base64
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote_plus

import httpx2
from authlib.integrations.base_client import OAuthError
from authlib.integrations.httpx_client import AsyncOAuth2Client

from runcast.errors import AccessDenied, SignInRefused
from runcast.services.providers.base import Answer, Departure, cleaned_word
from runcast.services.providers.outbound import Outbound, failed, parsed

MAX_CODE = 4096
_BASIC = "client_secret_basic"


@dataclass(frozen=True, slots=True)
class Registration:
    """What a provider knows us by, and where it is asked; by_body: the secret goes in the form."""

    authorization_endpoint: str
    token_endpoint: str
    client_id: str
    client_secret: str | None = field(repr=False)
    scope: str
    by_body: bool = False


class CodeFlow:
    """One provider's code flow."""

    def __init__(self, provider: str, registration: Registration, outbound: Outbound) -> None:
        self._provider = provider
        self._registration = registration
        self._outbound = outbound

    def authorization_url(self, departure: Departure, **more: str) -> str:
        """Return where the browser goes."""
        url, _ = self._client(departure).create_authorization_url(
            self._registration.authorization_endpoint,
            state=departure.state,
            code_verifier=departure.verifier,
            **more,
        )
        return str(url)

    async def token(self, departure: Departure, code: str) -> dict[str, Any]:
        """Return what the token endpoint gives for a code.

        Raises:
            SignInRefused: the code is not, or no longer, good.
            Unavailable: the provider does not answer as it should.
        """
        async with self._outbound.exchange(self._provider), self._client(departure) as client:
            client.register_compliance_hook("access_token_response", self._checked)
            try:
                token: dict[str, Any] = await client.fetch_token(
                    self._registration.token_endpoint,
                    grant_type="authorization_code",
                    code=code,
                    code_verifier=departure.verifier,
                )
            except OAuthError as error:
                raise self._refusal(str(error.error)) from None
            except (ValueError, TypeError, RecursionError):
                raise failed(self._provider, "no token for a code") from None
        return token

    def _client(self, departure: Departure) -> Any:
        known = self._registration
        client = AsyncOAuth2Client(
            client_id=known.client_id,
            client_secret=known.client_secret,
            token_endpoint_auth_method=self._authentication(),
            scope=known.scope,
            redirect_uri=departure.redirect_uri,
            code_challenge_method="S256",
            **self._outbound.options,
        )
        client.register_client_auth_method((_BASIC, _basic))
        return client

    def _authentication(self) -> str:
        if self._registration.client_secret is None:
            return "none"
        return "client_secret_post" if self._registration.by_body else _BASIC

    def _checked(self, answer: httpx2.Response) -> httpx2.Response:
        # A document for certain, and one that json.loads can take.
        if answer.is_redirect or answer.is_server_error:
            raise failed(self._provider, f"{answer.status_code} for a code")
        parsed(self._provider, answer.content)
        return answer

    def _refusal(self, error: str) -> Exception:
        if error in {"invalid_grant", "bad_verification_code", "access_denied"}:
            return SignInRefused("the provider takes the code not, or no longer")
        # Of all others the operator is to hear: the client's secret may be wrong.
        return failed(self._provider, f"refuses a code with {cleaned_word(error)}")


def checked_code(answer: Answer) -> str:
    """Return the code that a browser brought.

    Raises:
        AccessDenied: the person, or the provider, said no.
        SignInRefused: it brought none.
    """
    if answer.error == "access_denied":
        raise AccessDenied("the provider says that access was denied")
    if answer.error is not None:
        raise SignInRefused(f"the provider says: {cleaned_word(answer.error)}")
    if not answer.code or len(answer.code) > MAX_CODE or not answer.code.isascii():
        raise SignInRefused("the provider sent no code")
    return answer.code


def _basic(client: Any, method: str, url: str, headers: Any, body: Any) -> tuple[str, Any, Any]:
    """Authenticate as RFC 6749, 2.3.1 says: both parts form-encoded, which Authlib leaves out."""
    pair = f"{quote_plus(client.client_id)}:{quote_plus(client.client_secret)}"
    headers["Authorization"] = f"Basic {base64.b64encode(pair.encode()).decode()}"
    return url, headers, body
