"""The cookie in which a browser keeps its journey to a provider, and the address it comes back to."""

from fastapi import Request, Response

from runcast.errors import Conflict
from runcast.origins import is_loopback
from runcast.services.providers.journeys import LIFETIME
from runcast.settings import Settings


def redirect_uri(request: Request, settings: Settings, provider: str) -> str:
    """Return the exact address to which a provider sends browsers back.

    Raises:
        Conflict: nobody has said where this server is, and it is elsewhere than on this machine.
    """
    return _origin(request, settings) + _callback(provider)


def read(request: Request, settings: Settings, provider: str) -> str | None:
    """Return the sealed journey."""
    return request.cookies.get(_name(request, settings, provider))


def write(
    request: Request, response: Response, settings: Settings, provider: str, sealed: str
) -> None:
    """Keep a journey in the browser until it is back."""
    _set(request, response, settings, provider, sealed, int(LIFETIME.total_seconds()))


def clear(request: Request, response: Response, settings: Settings, provider: str) -> None:
    """Let the browser forget it."""
    _set(request, response, settings, provider, "", 0)


def _set(
    request: Request, response: Response, settings: Settings, provider: str, text: str, seconds: int
) -> None:
    is_secure = _is_secure(request, settings)
    response.set_cookie(
        _name(request, settings, provider),
        text,
        max_age=seconds,
        # Browsers ask for this path where the name begins with __Host-, and let no neighbour below
        # the same domain set such a cookie; without it nobody but the callback needs to see it.
        path="/" if is_secure else _callback(provider),
        secure=is_secure,
        httponly=True,
        # It has to come along when the provider's page sends the browser back.
        samesite="lax",
    )


def _name(request: Request, settings: Settings, provider: str) -> str:
    prefix = "__Host-" if _is_secure(request, settings) else ""
    return f"{prefix}runcast_journey_{provider}"


def _callback(provider: str) -> str:
    return f"/api/auth/oauth/{provider}/callback"


def _is_secure(request: Request, settings: Settings) -> bool:
    if settings.public_url is not None:
        return settings.public_url.startswith("https://")
    return request.url.scheme == "https"


def _origin(request: Request, settings: Settings) -> str:
    if settings.public_url is not None:
        return settings.public_url
    # Not the header itself: what is no host's name there is left out of the URL.
    if not is_loopback(request.url.hostname or ""):
        raise Conflict("set RUNCAST_PUBLIC_URL: providers are told to send browsers back there")
    return f"{request.url.scheme}://{request.url.netloc}"
