"""Which pages may open a socket (RFC 6455, 10.2): the server's own, and those that are allowed. Pure."""

from collections.abc import Collection
from urllib.parse import urlsplit


def allowed(origin: str | None, host: str | None, others: Collection[str]) -> bool:
    """Tell whether a socket with this Origin may be opened.

    Args:
        origin: the header as sent; None for programs that are no browsers, which may.
        host: the Host header: a page of the same host is the server's own.
        others: allowed origins, `scheme://host[:port]`, or `*` for all.
    """
    if origin is None or "*" in others or origin.rstrip("/") in others:
        return True
    parts = urlsplit(origin)
    return parts.scheme in {"http", "https"} and host is not None and parts.netloc == host
