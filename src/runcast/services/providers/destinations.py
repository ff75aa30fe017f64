"""Where a browser goes after it has signed in with a provider: here, or to whom the operator trusts. Pure.

Anything else would make the server a signpost to any page (RFC 9700, 4.11).
"""

import re
from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from ipaddress import ip_address
from urllib.parse import SplitResult, urlencode, urlsplit

from runcast.errors import BadRequest

MAX_LENGTH = 1024
# What every reader of addresses reads alike: no backslash, blank, control character or fragment.
_PLAIN = re.compile(r"[!$-;=?-\[\]_a-z~]+")


class Kind(StrEnum):
    """Whose address it is."""

    PAGE = "page"
    ELSEWHERE = "elsewhere"
    PROGRAM = "program"


@dataclass(frozen=True, slots=True)
class Destination:
    """An address that may be gone to: a path of this server, a trusted origin's, or a local program's."""

    url: str
    kind: Kind

    def telling(self, **results: str) -> str:
        """Return the address with results: behind `#`, where no server sees them, but for programs.

        A program on this machine is a server, and nothing else sees what it is asked (RFC 8252, 7.3).
        """
        if not results:
            return self.url
        separator = "#"
        if self.kind is Kind.PROGRAM:
            separator = "&" if "?" in self.url else "?"
        return f"{self.url}{separator}{urlencode(results)}"


def parse(url: str, origins: Collection[str]) -> Destination:
    """Return the destination that an address names.

    Args:
        origins: whose pages are trusted; `*` is nobody's name.

    Raises:
        BadRequest: nobody is sent there.
    """
    if len(url) > MAX_LENGTH or not _PLAIN.fullmatch(url):
        raise _refused()
    if url.startswith("/"):
        if url.startswith("//"):
            raise _refused()
        return Destination(url, Kind.PAGE)
    parts = _split(url)
    if f"{parts.scheme}://{parts.netloc}" in {origin.rstrip("/") for origin in origins}:
        return Destination(url, Kind.ELSEWHERE)
    if _is_program(parts):
        return Destination(url, Kind.PROGRAM)
    raise _refused()


def _split(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        is_known = parts.scheme in {"http", "https"} and parts.username is None
        if is_known and parts.hostname and parts.port != 0:
            return parts
    except ValueError:
        raise _refused() from None
    raise _refused()


def _is_program(parts: SplitResult) -> bool:
    # By number: a name may lead elsewhere. With a port: nobody's program has the well-known one.
    try:
        is_here = ip_address(parts.hostname or "").is_loopback
    except ValueError:
        return False
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
    return is_here and parts.scheme == "http" and parts.netloc == f"{host}:{parts.port}"


def _refused() -> BadRequest:
    return BadRequest(
        "return_to is a path of this server, a page of an allowed origin, or http://127.0.0.1:port/"
    )
