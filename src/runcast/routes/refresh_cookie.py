"""The refresh token as a cookie, for pages: scripts cannot read it, and other sites cannot use it.

Beside it lies one that scripts read. It holds no secret and is taken for nothing here: it says that there is a
refresh token, so that a page does not ask in vain.
"""

from functools import partial

from fastapi import Request, Response

from runcast.dependencies import SIGN_IN
from runcast.errors import Forbidden
from runcast.origins import is_own

NAME = "runcast_refresh"
HINT = "runcast_signed_in"


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
    # Over plain HTTP, on one's own machine, a browser would drop a secure one.
    secure = request.url.scheme == "https"
    keep = partial(response.set_cookie, max_age=seconds, secure=secure, samesite="strict")
    keep(NAME, token, path=SIGN_IN, httponly=True)
    keep(HINT, "1", path="/", httponly=False)


def clear(request: Request, response: Response) -> None:
    """Let the browser forget it."""
    secure = request.url.scheme == "https"
    forget = partial(response.delete_cookie, secure=secure, samesite="strict")
    forget(NAME, path=SIGN_IN, httponly=True)
    forget(HINT, path="/", httponly=False)
