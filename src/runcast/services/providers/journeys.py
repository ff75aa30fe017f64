"""What is remembered of a browser while it is with a provider: sealed, in a cookie of that browser.

Nothing of it is kept here. The state that comes back opens it in the browser that left, and in no other
(RFC 9700, 4.7), for ten minutes; that it is used once is for who receives it to see to.
"""

import base64
import binascii
import hmac
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import orjson

from runcast.clock import Clock
from runcast.errors import SignInRefused
from runcast.services.providers.base import Departure
from runcast.services.providers.destinations import Destination, Kind
from runcast.services.sealing import NotOpened, Sealer

LIFETIME = timedelta(minutes=10)
_MAX_LENGTH = 8192


@dataclass(frozen=True, slots=True)
class Journey:
    """One browser's way to a provider and back.

    Attributes:
        challenge: of whoever is to exchange the code that the journey ends with; None: it ends with a
            cookie (RFC 7636, S256).
        user_id: whose account is to be linked; None: somebody is to sign in.
        session_id: by which session they asked for it.
    """

    provider: str
    departure: Departure
    destination: Destination
    expires_at: datetime
    challenge: str | None = None
    user_id: UUID | None = None
    session_id: UUID | None = None


class Journeys:
    """Begins journeys, seals and opens them."""

    def __init__(self, key: bytes, clock: Clock) -> None:
        self._sealer = Sealer(key)
        self._clock = clock

    def begin(
        self,
        provider: str,
        redirect_uri: str,
        destination: Destination,
        *,
        challenge: str | None = None,
        user_id: UUID | None = None,
        session_id: UUID | None = None,
    ) -> Journey:
        """Return a new one, with all its secrets made."""
        departure = Departure(
            state=secrets.token_urlsafe(32),
            nonce=secrets.token_urlsafe(32),
            verifier=secrets.token_urlsafe(48),
            redirect_uri=redirect_uri,
            interactive=destination.kind is Kind.PROGRAM,
        )
        return Journey(
            provider=provider,
            departure=departure,
            destination=destination,
            expires_at=self._clock.now() + LIFETIME,
            challenge=challenge,
            user_id=user_id,
            session_id=session_id,
        )

    def seal(self, journey: Journey) -> str:
        """Return the journey as its browser keeps it."""
        sealed = self._sealer.seal(orjson.dumps(journey), _place(journey.provider))
        return base64.urlsafe_b64encode(sealed).rstrip(b"=").decode()

    def open(self, provider: str, sealed: str | None, state: str | None) -> Journey:
        """Return the journey on which this browser left with this state.

        Raises:
            SignInRefused: it did not, or too long ago.
        """
        journey = None if sealed is None else self._opened(provider, sealed)
        if journey is None or journey.expires_at <= self._clock.now():
            raise SignInRefused(
                "no sign-in was begun in this browser a short while ago; begin anew"
            )
        if not hmac.compare_digest(_bytes(state or ""), _bytes(journey.departure.state)):
            raise SignInRefused("this answers another sign-in than the last one begun; begin anew")
        return journey

    def _opened(self, provider: str, sealed: str) -> Journey | None:
        try:
            if len(sealed) > _MAX_LENGTH:
                return None
            padding = "=" * (-len(sealed) % 4)
            text = base64.b64decode(sealed + padding, altchars="-_", validate=True)
            return _journey(orjson.loads(self._sealer.open(text, _place(provider))))
        except (NotOpened, ValueError, binascii.Error):
            return None


def _journey(document: dict[str, Any]) -> Journey:
    user_id, session_id = document["user_id"], document["session_id"]
    destination = document["destination"]
    return Journey(
        provider=document["provider"],
        departure=Departure(**document["departure"]),
        destination=Destination(destination["url"], Kind(destination["kind"])),
        expires_at=datetime.fromisoformat(document["expires_at"]).astimezone(UTC),
        challenge=document["challenge"],
        user_id=None if user_id is None else UUID(user_id),
        session_id=None if session_id is None else UUID(session_id),
    )


def _place(provider: str) -> str:
    return f"journey to {provider}"


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")
