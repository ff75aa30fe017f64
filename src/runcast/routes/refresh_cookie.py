"""The refresh token as a cookie, for pages: scripts cannot read it, and other sites cannot use it."""

from fastapi import Request, Response

from runcast.dependencies import SIGN_IN
from runcast.errors import Forbidden
from runcast.origins import is_own

NAME = "runcast_refresh"


def check_page(request: Request) -> None:
    """Refuse whatever is no page of this server's own, for which the browser vouches.

    `SameSite` keeps other sites out, and not their neighbours below one domain; these headers do
    (OWASP's Cross-Site Request Forgery Prevention, Fetch Metadata and Origin).

    Raises:
        Forbidden: it comes from elsewhere, or does not say from where.
    """
    headers = request.headers
    site, origin = headers.get("sec-fetch-site", "same-origin"), headers.get("origin")
    if site != "same-origin" or origin is None or not is_own(origin, headers.get("host")):
        raise Forbidden("a refresh cookie is for pages of this server")
    if request.url.scheme == "https" and not origin.startswith("https:"):
        # Whoever sits on the wire writes such a page.
        raise Forbidden("a refresh cookie of https is for pages of https")


def read(request: Request) -> str | None:
    """Return the refresh token of the cookie."""
    return request.cookies.get(NAME)


def write(request: Request, response: Response, token: str, seconds: int) -> None:
    """Keep the token in the browser for so long."""
    response.set_cookie(
        NAME,
        token,
        max_age=seconds,
        path=SIGN_IN,
        # Over plain HTTP, on one's own machine, a browser would drop a secure one.
        secure=request.url.scheme == "https",
        httponly=True,
        samesite="strict",
    )


def clear(request: Request, response: Response) -> None:
    """Let the browser forget it."""
    response.delete_cookie(
        NAME, path=SIGN_IN, secure=request.url.scheme == "https", httponly=True, samesite="strict"
    )
