"""Where letters are handed over: `smtp://`, `smtps://` or `console:`, as a value. Pure."""

from dataclasses import dataclass
from enum import Enum
from urllib.parse import parse_qs, unquote, urlsplit

_PORTS = {"smtp": 587, "smtps": 465}
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


class Tls(Enum):
    """How a connection is made private: from its first byte, by STARTTLS, only if offered, or not."""

    IMPLICIT = "implicit"
    REQUIRED = "required"
    OFFERED = "offered"
    OFF = "off"


@dataclass(frozen=True, slots=True)
class SmtpAddress:
    """A server that takes letters, and as whom one signs in there, if at all."""

    host: str
    port: int
    tls: Tls
    user: str | None = None
    password: str | None = None

    def __repr__(self) -> str:
        """Return a form that may be logged: without user and password."""
        return f"SmtpAddress({self.host}:{self.port}, tls={self.tls.value})"


class Console:
    """Letters are printed, for development."""


def parse(text: str) -> SmtpAddress | Console:
    """Return where the URL leads.

    Raises:
        ValueError: it leads nowhere; the message does not repeat it.
    """
    if text == "console:":
        return Console()
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        raise ValueError("this is no URL of a mail server") from None
    if parts.scheme not in _PORTS or not parts.hostname:
        raise ValueError("it has to be smtp://host, smtps://host or console:")
    if parts.path not in {"", "/"} or parts.fragment:
        raise ValueError(
            "nothing stands behind the host but ?tls=off; escape what is in a password"
        )
    return SmtpAddress(
        host=parts.hostname,
        port=_PORTS[parts.scheme] if port is None else port,
        tls=_tls(parts.scheme, parts.hostname, parts.query),
        user=None if parts.username is None else unquote(parts.username),
        password=None if parts.password is None else unquote(parts.password),
    )


def _tls(scheme: str, host: str, query: str) -> Tls:
    """Return how private it is to be: without TLS only on this machine, or where somebody said so."""
    if query:
        if scheme != "smtp" or parse_qs(query) != {"tls": ["off"]}:
            raise ValueError("the one option of a mail server is ?tls=off, on smtp://")
        return Tls.OFF
    if scheme == "smtps":
        return Tls.IMPLICIT
    return Tls.OFFERED if host in _LOOPBACK else Tls.REQUIRED
