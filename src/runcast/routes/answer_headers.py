"""What every answer tells browsers to be careful with, unless it says otherwise itself. Pure."""

from collections.abc import Sequence

Header = tuple[bytes, bytes]

_ALWAYS: tuple[Header, ...] = (
    # What is said to be JSON or text is never run as something else.
    (b"x-content-type-options", b"nosniff"),
    # "no-referrer" would have browsers send `Origin: null` with a form.
    (b"referrer-policy", b"same-origin"),
)
# Documents of the API are no pages: nothing in them is loaded or run, nobody frames or keeps them.
_OF_THE_API: tuple[Header, ...] = (
    (
        b"content-security-policy",
        b"default-src 'none'; base-uri 'none'; object-src 'none'; frame-ancestors 'none'",
    ),
    (b"cache-control", b"no-store"),
)
_OF_THE_DOCS: tuple[Header, ...] = (
    (b"content-security-policy", b"base-uri 'none'; object-src 'none'; frame-ancestors 'none'"),
)
_OVER_TLS: tuple[Header, ...] = ((b"strict-transport-security", b"max-age=31536000"),)
_DOCS = ("/docs", "/redoc")
_API = ("/api/", "/health/", "/metrics", "/openapi.json")


def careful(headers: Sequence[Header], path: str, scheme: str) -> list[Header]:
    """Return the headers of an answer with what they lack.

    Args:
        headers: as the endpoint set them, which stay.
        path: of the request.
        scheme: of the request, as the server or a trusted proxy says.
    """
    wanted = [*_ALWAYS]
    if path.startswith(_API):
        wanted += _OF_THE_API
    elif path.startswith(_DOCS):
        wanted += _OF_THE_DOCS
    if scheme == "https":
        wanted += _OVER_TLS
    set_already = {name.lower() for name, _ in headers}
    return [*headers, *(header for header in wanted if header[0] not in set_already)]
