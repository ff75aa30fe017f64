"""From where a request comes, by the word of proxies that are named; no word but an IP address counts."""

import ipaddress
from collections.abc import Sequence
from typing import Any

from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

_PEER = "runcast.peer"


class Forwarded:
    """uvicorn's reading of X-Forwarded-For and -Proto, with the proxy's own address for what is none.

    Args:
        app: the application, which finds the client in its scope.
        proxies: the addresses and networks whose word is believed.
    """

    def __init__(self, app: Any, proxies: Sequence[str]) -> None:
        self._app = app
        self._reading = ProxyHeadersMiddleware(self._checked, list(proxies))

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Serve one request or socket."""
        scope[_PEER] = scope.get("client")
        await self._reading(scope, receive, send)

    async def _checked(self, scope: Any, receive: Any, send: Any) -> None:
        peer = scope.pop(_PEER)
        if scope.get("client") != peer and not _is_address(scope["client"][0]):
            # A proxy that hands on what strangers have sent: any text, of any length.
            scope["client"] = peer
        await self._app(scope, receive, send)


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    # A zone may be any text, and means nothing elsewhere.
    return "%" not in text
