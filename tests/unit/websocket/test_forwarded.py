"""From where a request comes, by the word of a proxy."""

from typing import Any

import pytest

from runcast.websocket.forwarded import Forwarded

PROXY = ("10.0.0.1", 5000)


async def seen(header: bytes | None, peer: tuple[str, int] | None = PROXY) -> Any:
    """Return the client that the application finds."""
    found = []

    async def app(scope: Any, _receive: Any, _send: Any) -> None:
        found.append(scope["client"])

    headers = [] if header is None else [(b"x-forwarded-for", header)]
    scope = {"type": "http", "scheme": "http", "client": peer, "headers": headers}
    await Forwarded(app, ("10.0.0.0/8",))(scope, None, None)
    return found[0] and found[0][0]


@pytest.mark.parametrize(
    ("header", "client"),
    [
        (b"203.0.113.9", "203.0.113.9"),
        (b"anything, 203.0.113.9", "203.0.113.9"),
        (b"203.0.113.9:99", "203.0.113.9"),
        (b"[2001:db8::1]:5", "2001:db8::1"),
        (b"2001:db8::1, 10.2.3.4", "2001:db8::1"),
        (None, "10.0.0.1"),
        (b"", "10.0.0.1"),
        (b"unknown", "10.0.0.1"),
        (b"203.0.113.9, x" + b"y" * 5000, "10.0.0.1"),
        (b'"203.0.113.9"', "10.0.0.1"),
        (b"\x1b[2J", "10.0.0.1"),
        (b"fe80::1%" + b"y" * 5000, "10.0.0.1"),
    ],
)
async def test_what_a_proxy_says_counts_if_it_is_an_address(
    header: bytes | None, client: str
) -> None:
    assert await seen(header) == client


async def test_nobody_else_is_believed() -> None:
    assert await seen(b"203.0.113.9", ("192.0.2.1", 1)) == "192.0.2.1"
    assert await seen(b"203.0.113.9", None) is None
