"""Requests to providers: bounded in time and size, without redirects, proxies or compression."""

import asyncio
import logging
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import urlsplit

import httpx2
import orjson

from runcast.errors import Unavailable
from runcast.origins import is_loopback

logger = logging.getLogger(__name__)
SECONDS = 10.0
MAX_BYTES = 2**18
# What is not compressed cannot grow on arrival.
HEADERS = {"Accept": "application/json", "Accept-Encoding": "identity", "User-Agent": "Runcast"}


class _Unacceptable(Exception):
    """An answer that is not taken, whatever it says."""


class _BoundedStream(httpx2.AsyncByteStream):
    def __init__(self, inner: httpx2.AsyncByteStream) -> None:
        self._inner = inner

    async def __aiter__(self) -> AsyncIterator[bytes]:
        size = 0
        async for chunk in self._inner:
            size += len(chunk)
            if size > MAX_BYTES:
                raise _Unacceptable(f"an answer of more than {MAX_BYTES} bytes")
            yield chunk

    async def aclose(self) -> None:
        await self._inner.aclose()


class _BoundedTransport(httpx2.AsyncBaseTransport):
    def __init__(self, context: ssl.SSLContext) -> None:
        self._inner = httpx2.AsyncHTTPTransport(verify=context, trust_env=False)

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        answer = await self._inner.handle_async_request(request)
        assert isinstance(answer.stream, httpx2.AsyncByteStream)
        if answer.headers.get("content-encoding", "identity") != "identity":
            await answer.aclose()
            raise _Unacceptable("a compressed answer")
        return httpx2.Response(
            answer.status_code,
            headers=answer.headers,
            stream=_BoundedStream(answer.stream),
            extensions=answer.extensions,
        )

    async def aclose(self) -> None:
        await self._inner.aclose()


class Outbound:
    """Asks providers. It keeps no connection: people sign in seldom.

    Args:
        context: whom to trust with TLS.
        seconds: how long an exchange may take from its first to its last byte.
    """

    def __init__(self, context: ssl.SSLContext, seconds: float) -> None:
        self._context = context
        self._seconds = seconds

    @property
    def options(self) -> dict[str, Any]:
        """What an HTTP client has to be made with to keep these bounds."""
        return {
            "transport": _BoundedTransport(self._context),
            "timeout": self._seconds,
            "follow_redirects": False,
            "trust_env": False,
            "headers": HEADERS,
        }

    @asynccontextmanager
    async def exchange(self, provider: str) -> AsyncIterator[None]:
        """Bound what is awaited in the block, and turn what fails there into a refusal.

        Raises:
            Unavailable: the provider does not answer as it should.
        """
        try:
            async with asyncio.timeout(self._seconds):
                yield
        except (httpx2.HTTPError, httpx2.InvalidURL, _Unacceptable, TimeoutError) as error:
            # Not the error's own traceback: it may hold what was sent.
            raise failed(provider, f"{type(error).__name__} {error}") from None

    async def fetch(
        self, provider: str, url: str, token: str | None = None
    ) -> dict[str, Any] | list[Any]:
        """Return the JSON document at an address, as the holder of a token or as nobody.

        Raises:
            Unavailable: the provider does not answer as it should.
        """
        headers = {} if token is None else {"Authorization": f"Bearer {token}"}
        async with self.exchange(provider), httpx2.AsyncClient(**self.options) as client:
            answer = await client.get(url, headers=headers)
            return document(provider, answer)


def document(provider: str, answer: httpx2.Response) -> dict[str, Any] | list[Any]:
    """Return what an answer of 200 holds.

    Raises:
        Unavailable: it is another answer, or holds no JSON document.
    """
    if answer.status_code != httpx2.codes.OK:
        raise failed(provider, f"{answer.status_code} from {answer.url.host}")
    return parsed(provider, answer.content)


def parsed(provider: str, text: bytes) -> dict[str, Any] | list[Any]:
    """Return a JSON document.

    Raises:
        Unavailable: the text is none.
    """
    try:
        found = orjson.loads(text)
    except orjson.JSONDecodeError:
        found = None
    if not isinstance(found, dict | list):
        raise failed(provider, "no JSON document")
    return found


def failed(provider: str, why: str) -> Unavailable:
    """Return the refusal for a provider that does not answer as it should; the operator's log says why."""
    logger.warning("provider %s: %s", provider, why)
    return Unavailable(f"{provider} does not answer as it should; try again, or sign in otherwise")


def is_safe(url: object, *, plainly: bool) -> bool:
    """Tell whether something may be sent to this address.

    Args:
        plainly: whether plain HTTP will do for an address of this machine.
    """
    if not isinstance(url, str):
        return False
    try:
        parts = urlsplit(url)
        httpx2.URL(url)
        is_whole = bool(parts.hostname) and parts.port != 0
    except (ValueError, httpx2.InvalidURL):
        return False
    if not is_whole or parts.username is not None or parts.fragment:
        return False
    on_this_machine = parts.scheme == "http" and is_loopback(parts.hostname or "")
    return parts.scheme == "https" or (plainly and on_this_machine)


async def open_outbound(seconds: float = SECONDS) -> Outbound:
    """Return what asks providers, trusting whom this machine trusts.

    Args:
        seconds: how long an exchange may take from its first to its last byte.
    """
    return Outbound(await asyncio.to_thread(httpx2.create_ssl_context), seconds)
