"""What a provider of identities is: where it sends a browser, and what it makes of the answer. Pure values."""

from dataclasses import dataclass
from typing import Protocol

from runcast.errors import SignInRefused

MAX_SUBJECT = 255  # OpenID Connect Core, 2
_MAX_NAME = 200
_MAX_WORD = 64


@dataclass(frozen=True, slots=True)
class Departure:
    """What a provider is sent with a browser, and what its answer has to fit.

    Attributes:
        state: comes back with the browser.
        nonce: comes back in the ID token.
        verifier: its hash goes with the browser, itself with the code (PKCE, RFC 7636).
        redirect_uri: where the browser comes back to, exactly.
        interactive: whether the person has to be asked even if the provider knows them already.
    """

    state: str
    nonce: str
    verifier: str
    redirect_uri: str
    interactive: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """What a browser brings back from a provider, as it came (RFC 6749, 4.1.2; RFC 9207)."""

    code: str | None = None
    issuer: str | None = None
    error: str | None = None


@dataclass(frozen=True, slots=True)
class ProvedIdentity:
    """Who somebody is elsewhere, as proved just now; `email` is None unless the provider verified it."""

    issuer: str
    subject: str
    email: str | None
    name: str | None


class Provider(Protocol):
    """One place where people prove who they are."""

    @property
    def name(self) -> str:
        """Its name in addresses of ours."""
        ...

    @property
    def title(self) -> str:
        """Its name for people."""
        ...

    @property
    def sign_up(self) -> bool | None:
        """Whether it makes accounts; None: as registration does."""
        ...

    async def authorization_url(self, departure: Departure) -> str:
        """Return where the browser goes.

        Raises:
            Unavailable: the provider does not answer as it should.
        """
        ...

    async def redeem(self, departure: Departure, answer: Answer) -> ProvedIdentity:
        """Return who the provider says it was.

        Raises:
            SignInRefused: the answer proves nothing, or not to us.
            AccessDenied: the person, or the provider, said no.
            Unavailable: the provider does not answer as it should.
        """
        ...


def checked_subject(value: object) -> str:
    """Return a subject that can be kept and compared.

    Raises:
        SignInRefused: it is none.
    """
    if (
        not isinstance(value, str)
        or not 0 < len(value) <= MAX_SUBJECT
        or not (value.isascii() and value.isprintable())
    ):
        raise SignInRefused("the provider does not say who it was")
    return value


def cleaned_name(value: object) -> str | None:
    """Return a name as an account can bear it; None if nothing of it can be borne."""
    if not isinstance(value, str):
        return None
    return "".join(filter(str.isprintable, value)).strip()[:_MAX_NAME].strip() or None


def cleaned_word(text: str) -> str:
    """Return a stranger's error code so that it may be shown and logged."""
    return "".join(char for char in text if char.isascii() and char.isprintable())[:_MAX_WORD]
