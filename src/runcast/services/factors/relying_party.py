"""For which name passkeys are made, and on which pages they may be shown (WebAuthn's relying party). Pure."""

import ipaddress
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

_NAMELESS = "localhost"


@dataclass(frozen=True, slots=True)
class RelyingParty:
    """What a passkey is bound to.

    Attributes:
        id: the domain that it is made for.
        origins: the pages, as `scheme://host[:port]`, that may make and show one.
    """

    id: str
    origins: tuple[str, ...]


def relying_party(public_url: str | None, asked: str, others: Iterable[str]) -> RelyingParty | None:
    """Return whom passkeys are for; None where nobody has said by which name the server is reached.

    What a request says of itself counts on one's own machine alone: elsewhere whoever asks could name
    any domain.

    Args:
        public_url: where people reach the server; its host is the domain.
        asked: the origin that was asked, as the request tells it.
        others: origins that are allowed besides; those of the domain or below it count.
    """
    try:
        own = _origin(urlsplit(public_url or asked))
    except ValueError:
        # An address such as http://[ or one with the port x is nobody's.
        return None
    host = urlsplit(own).hostname or ""
    if not _is_domain(host) or (public_url is None and not _is_local(host)):
        return None
    below = [one.rstrip("/") for one in others if _is_below(one, host)]
    return RelyingParty(host, tuple(dict.fromkeys([own, *below])))


def _origin(parts: SplitResult) -> str:
    """Return the origin as browsers write it: without the port that its scheme has anyhow."""
    usual = {"http": 80, "https": 443}.get(parts.scheme)
    port = "" if parts.port in {None, usual} else f":{parts.port}"
    return f"{parts.scheme}://{parts.hostname or ''}{port}"


def _is_domain(host: str) -> bool:
    """Tell whether browsers make passkeys for it: for addresses they make none."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return bool(host)
    return False


def _is_local(host: str) -> bool:
    return host == _NAMELESS or host.endswith(f".{_NAMELESS}")


def _is_below(origin: str, domain: str) -> bool:
    try:
        host = urlsplit(origin).hostname or ""
    except ValueError:
        return False
    return host == domain or host.endswith(f".{domain}")
