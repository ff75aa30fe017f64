"""Signing in with an OpenID provider (OpenID Connect Core 1.0, the code flow with PKCE)."""

from typing import Any

from runcast.clock import Clock
from runcast.errors import SignInRefused
from runcast.services.providers import id_tokens, key_sets, metadata
from runcast.services.providers.base import (
    Answer,
    Departure,
    ProvedIdentity,
    checked_subject,
    cleaned_name,
)
from runcast.services.providers.codes import CodeFlow, Registration, checked_code
from runcast.services.providers.id_tokens import Expected, UnknownKey
from runcast.services.providers.kept import Kept
from runcast.services.providers.metadata import Metadata
from runcast.services.providers.outbound import Outbound, failed
from runcast.setting_types import OpenIdProvider

METADATA_SECONDS = 3600.0
KEYS_SECONDS = 3600.0
# A token with a key that nobody knows makes us look for it once in so long, and no oftener.
RENEWED_KEYS_SECONDS = 30.0


class OpenId:
    """One OpenID provider, known by its issuer alone; the rest is what it says of itself."""

    def __init__(self, configured: OpenIdProvider, outbound: Outbound, clock: Clock) -> None:
        self.name = configured.name
        self.title = configured.title or configured.name.title()
        self.sign_up = configured.sign_up
        self._issuer = configured.issuer
        self._configured = configured
        self._outbound = outbound
        self._clock = clock
        self._metadata = Kept(clock, self._discover, METADATA_SECONDS)
        self._keys = Kept(clock, self._fetch_keys, KEYS_SECONDS)

    async def authorization_url(self, departure: Departure) -> str:
        """Return where the browser goes.

        Raises:
            Unavailable: the provider does not answer as it should.
        """
        found = await self._metadata.get()
        more = {"nonce": departure.nonce}
        if departure.interactive:
            more["prompt"] = "select_account" if "select_account" in found.prompts else "consent"
        return self._flow(found).authorization_url(departure, **more)

    async def redeem(self, departure: Departure, answer: Answer) -> ProvedIdentity:
        """Return who the provider says it was.

        Raises:
            SignInRefused: the answer proves nothing, or not to us.
            AccessDenied: the person, or the provider, said no.
            Unavailable: the provider does not answer as it should.
        """
        # All of it together takes no longer than one request may.
        async with self._outbound.exchange(self.name):
            return await self._redeemed(departure, answer)

    async def _redeemed(self, departure: Departure, answer: Answer) -> ProvedIdentity:
        found = await self._metadata.get()
        self._check_issuer(found, answer)
        token = await self._flow(found).token(departure, checked_code(answer))
        claims = await self._claims(found, departure, token.get("id_token"))
        subject = checked_subject(claims.get("sub"))
        told = claims | await self._told_besides(found, claims, subject, token.get("access_token"))
        return ProvedIdentity(
            issuer=self._issuer,
            subject=subject,
            email=_verified_email(told),
            name=cleaned_name(told.get("name")),
        )

    def _check_issuer(self, found: Metadata, answer: Answer) -> None:
        missing = answer.issuer is None and found.names_itself
        if missing or answer.issuer not in {None, self._issuer}:
            # RFC 9207, 2.4: what another provider answered is not shown to this one.
            raise SignInRefused("the answer is of another provider")

    async def _claims(self, found: Metadata, departure: Departure, token: object) -> dict[str, Any]:
        if not isinstance(token, str):
            raise SignInRefused("the provider gave no ID token")
        client_id = self._configured.client_id
        expected = Expected(self._issuer, client_id, departure.nonce, found.algorithms)
        try:
            return id_tokens.read(token, expected, await self._keys.get(), self._clock.now())
        except UnknownKey:
            keys = await self._keys.get(RENEWED_KEYS_SECONDS)
            return id_tokens.read(token, expected, keys, self._clock.now())

    async def _told_besides(
        self, found: Metadata, claims: dict[str, Any], subject: str, token: object
    ) -> dict[str, Any]:
        """Return what else the provider tells of a person whose address the ID token leaves out."""
        if "email" in claims or found.userinfo_endpoint is None or not isinstance(token, str):
            return {}
        told = await self._outbound.fetch(self.name, found.userinfo_endpoint, token)
        if not isinstance(told, dict) or told.get("sub") != subject:
            # OpenID Connect Core, 5.3.4.
            raise SignInRefused("the provider tells of somebody else")
        return {name: told[name] for name in ("email", "email_verified", "name") if name in told}

    def _flow(self, found: Metadata) -> CodeFlow:
        secret = self._configured.client_secret
        registration = Registration(
            authorization_endpoint=found.authorization_endpoint,
            token_endpoint=found.token_endpoint,
            client_id=self._configured.client_id,
            client_secret=None if secret is None else secret.get_secret_value(),
            scope=" ".join(self._configured.scopes),
            by_body=self._proves_itself_in_the_body(found),
        )
        return CodeFlow(self.name, registration, self._outbound)

    def _proves_itself_in_the_body(self, found: Metadata) -> bool:
        if (chosen := self._configured.client_authentication) is not None:
            return chosen == "client_secret_post"
        return "client_secret_basic" not in found.client_authentication

    async def _discover(self) -> Metadata:
        document = await self._outbound.fetch(self.name, metadata.address_of(self._issuer))
        return metadata.read(self.name, self._issuer, document)

    async def _fetch_keys(self) -> tuple[dict[str, Any], ...]:
        found = await self._metadata.get()
        keys = key_sets.read(await self._outbound.fetch(self.name, found.jwks_uri))
        if not keys:
            raise failed(self.name, "its key set has no keys")
        return keys


def _verified_email(told: dict[str, Any]) -> str | None:
    # A boolean by the standard; some send it as text.
    verified = told.get("email_verified") in (True, "true")
    email = told.get("email")
    return email if verified and isinstance(email, str) else None
