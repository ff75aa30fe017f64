"""Signing in with GitHub: OAuth 2 with PKCE, and its API for who it was. No OpenID, so no nonce."""

from typing import Any

from runcast.services.providers.base import (
    Answer,
    Departure,
    ProvedIdentity,
    checked_subject,
    cleaned_name,
)
from runcast.services.providers.codes import CodeFlow, Registration, checked_code
from runcast.services.providers.outbound import Outbound, failed
from runcast.settings import Settings

NAME = "github"


class GitHub:
    """GitHub, or an Enterprise Server; its address is the issuer."""

    def __init__(self, settings: Settings, outbound: Outbound) -> None:
        secret = settings.github_client_secret
        assert settings.github_client_id is not None
        assert secret is not None
        self.name = NAME
        self.title = "GitHub"
        self.sign_up: bool | None = None
        self._issuer = settings.github_url.rstrip("/")
        self._api = settings.github_api_url.rstrip("/")
        self._outbound = outbound
        registration = Registration(
            authorization_endpoint=f"{self._issuer}/login/oauth/authorize",
            token_endpoint=f"{self._issuer}/login/oauth/access_token",
            client_id=settings.github_client_id,
            client_secret=secret.get_secret_value(),
            scope="read:user user:email",
            by_body=True,
        )
        self._flow = CodeFlow(NAME, registration, outbound)

    async def authorization_url(self, departure: Departure) -> str:
        """Return where the browser goes."""
        more = {"prompt": "select_account"} if departure.interactive else {}
        return self._flow.authorization_url(departure, **more)

    async def redeem(self, departure: Departure, answer: Answer) -> ProvedIdentity:
        """Return who GitHub says it was.

        Raises:
            SignInRefused: the answer proves nothing.
            AccessDenied: the person, or GitHub, said no.
            Unavailable: GitHub does not answer as it should.
        """
        # All of it together takes no longer than one request may.
        async with self._outbound.exchange(NAME):
            return await self._redeemed(departure, answer)

    async def _redeemed(self, departure: Departure, answer: Answer) -> ProvedIdentity:
        token = (await self._flow.token(departure, checked_code(answer))).get("access_token")
        if not isinstance(token, str):
            raise failed(NAME, "no access token for a code")
        user = await self._outbound.fetch(NAME, f"{self._api}/user", token)
        if not isinstance(user, dict):
            raise failed(NAME, "no user")
        emails = await self._outbound.fetch(NAME, f"{self._api}/user/emails", token)
        return ProvedIdentity(
            issuer=self._issuer,
            subject=_subject(user),
            email=_primary(emails),
            name=cleaned_name(user.get("name")) or cleaned_name(user.get("login")),
        )


def _subject(user: dict[str, Any]) -> str:
    # The login may be given up, and taken by another; the number stays.
    number = user.get("id")
    is_number = isinstance(number, int) and not isinstance(number, bool)
    return checked_subject(str(number) if is_number else None)


def _primary(emails: Any) -> str | None:
    for entry in emails if isinstance(emails, list) else []:
        if isinstance(entry, dict) and (entry.get("primary"), entry.get("verified")) == (
            True,
            True,
        ):
            email = entry.get("email")
            return email if isinstance(email, str) else None
    return None
