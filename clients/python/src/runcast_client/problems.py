"""From an HTTP refusal to its typed error. Pure: status, headers and body in, error out."""

import json
from collections.abc import Mapping
from typing import Any

from runcast_client.errors import (
    BadRequest,
    Conflict,
    Forbidden,
    InvalidGrant,
    MfaFailed,
    MfaRequired,
    NotFound,
    ProblemError,
    ServerFailed,
    TooManyRequests,
    Unauthenticated,
    Unprocessable,
    VersionMismatch,
)

_BY_STATUS: Mapping[int, type[ProblemError]] = {
    401: Unauthenticated,
    403: Forbidden,
    404: NotFound,
    409: Conflict,
    412: VersionMismatch,
    422: Unprocessable,
    429: TooManyRequests,
}
_BY_ERROR: Mapping[str, type[ProblemError]] = {
    "invalid_grant": InvalidGrant,
    "mfa_failed": MfaFailed,
    "mfa_required": MfaRequired,
}


def problem_from(status: int, headers: Mapping[str, str], body: bytes) -> ProblemError:
    """Return the error that a refusal (status 400 and above) stands for, whatever its body is."""
    document = _document(body)
    kind = _kind(status, document)
    return kind(status, document, retry_after=_seconds(headers.get("retry-after")))


def _kind(status: int, document: Mapping[str, Any]) -> type[ProblemError]:
    if status == 400:
        return _BY_ERROR.get(str(document.get("error") or document.get("code")), BadRequest)
    if status >= 500:
        return ServerFailed
    return _BY_STATUS.get(status, ProblemError)


def _document(body: bytes) -> Mapping[str, Any]:
    """Return the problem document, or an empty one where something between answered in HTML."""
    try:
        document = json.loads(body)
    except ValueError:
        return {}
    return document if isinstance(document, dict) else {}


def _seconds(header: str | None) -> float | None:
    """Return Retry-After in seconds; its other form, a date, is not what Runcast sends."""
    return float(header) if header is not None and header.isdecimal() else None
