"""Where a browser comes back to, and how its cookie is kept, as the server is reached."""

from typing import Any

import pytest
from fastapi import Request, Response

from runcast.errors import Conflict
from runcast.routes import journey_cookie
from runcast.settings import Settings


def request(host: str, scheme: str = "http") -> Request:
    """Return a request as it comes in."""
    scope: dict[str, Any] = {
        "type": "http",
        "method": "GET",
        "scheme": scheme,
        "path": "/api/auth/oauth/acme",
        "query_string": b"",
        "headers": [(b"host", host.encode())],
        "server": ("127.0.0.1", 8000),
    }
    return Request(scope)


def test_the_operator_says_where_browsers_come_back_to() -> None:
    settings = Settings(public_url="https://runs.example")
    found = journey_cookie.redirect_uri(request("evil.example"), settings, "acme")
    assert found == "https://runs.example/api/auth/oauth/acme/callback"


@pytest.mark.parametrize("host", ["127.0.0.1:8000", "localhost", "[::1]:8000"])
def test_on_this_machine_the_request_does(host: str) -> None:
    found = journey_cookie.redirect_uri(request(host), Settings(), "acme")
    assert found == f"http://{host}/api/auth/oauth/acme/callback"


@pytest.mark.parametrize(
    "host", ["evil.example", "localhost.evil.example", "10.0.0.1:8000", "runcast"]
)
def test_elsewhere_no_request_is_believed(host: str) -> None:
    with pytest.raises(Conflict):
        journey_cookie.redirect_uri(request(host), Settings(), "acme")


@pytest.mark.parametrize("host", ["", "127.0.0.1@evil.example", "[", "a:b", "é", "evil.example/"])
def test_what_is_no_host_is_left_out(host: str) -> None:
    found = journey_cookie.redirect_uri(request(host), Settings(), "acme")
    assert found == "http://127.0.0.1:8000/api/auth/oauth/acme/callback"


@pytest.mark.parametrize(
    ("public_url", "scheme", "secure"),
    [
        ("https://runs.example", "http", True),
        ("http://runs.example", "http", False),
        (None, "https", True),
        (None, "http", False),
    ],
)
def test_the_cookie_is_the_hosts_own_wherever_it_can_be(
    public_url: str | None, scheme: str, *, secure: bool
) -> None:
    response, asked = Response(), request("localhost", scheme)
    settings = Settings(public_url=public_url)
    journey_cookie.write(asked, response, settings, "acme", "sealed")
    cookie = response.headers["set-cookie"]
    assert cookie.startswith("__Host-") == secure
    assert ("Path=/;" in cookie) == secure
    assert ("; Secure" in cookie) == secure
    assert "HttpOnly" in cookie
