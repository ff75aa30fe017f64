"""Which pages may open a socket (RFC 6455, 10.2), which are the server's own, which hosts are this machine. Pure."""

from collections.abc import Collection
from ipaddress import ip_address


def allowed(origin: str | None, host: str | None, others: Collection[str]) -> bool:
    """Tell whether a socket with this Origin may be opened.

    Args:
        origin: the header as sent; None for programs that are no browsers, which may.
        host: the Host header: a page of the same host is the server's own.
        others: allowed origins, `scheme://host[:port]`, or `*` for all.
    """
    if origin is None or "*" in others:
        return True
    return origin in {other.rstrip("/") for other in others} or is_own(origin, host)


def is_own(origin: str, host: str | None) -> bool:
    """Tell whether a page of this origin is the server's own: it has the host that was asked.

    An origin is spelled in one way (RFC 6454, 6.2); nothing is taken apart.
    """
    return bool(host) and origin in {f"http://{host}", f"https://{host}"}


def is_loopback(host: str) -> bool:
    """Tell whether a host's name or address, without brackets, is this machine to itself (RFC 8252, 7.3)."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
