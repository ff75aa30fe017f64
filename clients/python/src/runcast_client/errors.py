"""Everything that this client raises, drawn as one tree.

ClientError
├── ProblemError          the server refused: RFC 9457 problem+json
│   ├── BadRequest        400
│   │   ├── InvalidGrant  400  the email, the password or the refresh token is not good
│   │   ├── MfaFailed     400  that is not the second factor; another may be shown
│   │   └── MfaRequired   400  the password is right, and a second factor is asked for
│   ├── Unauthenticated   401
│   ├── Forbidden         403
│   ├── NotFound          404
│   ├── Conflict          409
│   ├── VersionMismatch   412
│   ├── Unprocessable     422
│   ├── TooManyRequests   429
│   └── ServerFailed      5xx
├── SignedOut             the credential is at its end; a person has to sign in again
├── Unreachable           no answer came: nothing is known about what was asked
│   └── TimedOut          none came in time
├── MalformedAnswer       an answer came that is not what the contract says
├── WatchRefused          the feed was closed with a code that says never come back
├── EventsPruned          events of a feed can no longer be had
├── CommandRefused        the server refused a command sent on a feed
└── WatchClosed           the watch ended before a command was answered
"""

from collections.abc import Mapping, Sequence
from typing import Any


class ClientError(Exception):
    """What every error of this client is."""


class ProblemError(ClientError):
    """A refusal by the server: `status`, `title`, `detail`, `code` for programs, `errors` by field.

    `retry_after` is in seconds, where the server named it; `problem` is the whole document.
    """

    def __init__(
        self, status: int, problem: Mapping[str, Any], *, retry_after: float | None = None
    ) -> None:
        self.status = status
        self.problem = problem
        self.title = str(problem.get("title") or f"HTTP {status}")
        self.detail: str | None = problem.get("detail") or problem.get("error_description")
        self.code: str | None = problem.get("code") or problem.get("error")
        self.errors: Sequence[Any] = problem.get("errors") or ()
        self.retry_after = retry_after
        super().__init__(f"{status} {self.title}" + (f": {self.detail}" if self.detail else ""))


class BadRequest(ProblemError):
    """The server could not understand the request."""


class InvalidGrant(BadRequest):
    """The email, the password or the refresh token signs nobody in (RFC 6749, 5.2)."""


class MfaFailed(BadRequest):
    """What was shown is no second factor of theirs, or none that is taken now; the token still holds."""


class MfaRequired(BadRequest):
    """The password is right, and is not enough: show one of `methods`, with `mfa_token`."""

    @property
    def mfa_token(self) -> str:
        """What stands for the first step."""
        return str(self.problem.get("mfa_token") or "")

    @property
    def methods(self) -> tuple[str, ...]:
        """What may be shown: `otp`, `recovery`, `passkey`."""
        told = self.problem.get("methods")
        return tuple(str(one) for one in told) if isinstance(told, list) else ()


class Unauthenticated(ProblemError):
    """The request carried no credential, and what it asked for is not public."""


class Forbidden(ProblemError):
    """Signed in, may see it, may not do it."""


class NotFound(ProblemError):
    """There is no such thing, or none that this credential may see."""


class Conflict(ProblemError):
    """The state of the thing does not allow it."""


class VersionMismatch(ProblemError):
    """If-Match named a version that is no longer the current one."""


class Unprocessable(ProblemError):
    """Well formed, and not acceptable; `errors` says where."""


class TooManyRequests(ProblemError):
    """Too often; `retry_after` says when to come back."""


class ServerFailed(ProblemError):
    """The server could not do it (any 5xx); the same request may work later."""


class SignedOut(ClientError):
    """The credential is at its end: expired, revoked or never good. Only a sign-in helps."""


class Unreachable(ClientError):
    """No answer came. Whether the request was carried out is not known."""


class TimedOut(Unreachable):
    """No answer came in time."""


class MalformedAnswer(ClientError):
    """The server answered something that the contract does not allow."""


class WatchRefused(ClientError):
    """The feed was closed with a final code (4400 to 4499): the same request is never accepted."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(f"the feed was refused with {code}" + (f": {reason}" if reason else ""))
        self.code = code
        self.reason = reason


class EventsPruned(ClientError):
    """The events `first` to `last` of this feed can no longer be had.

    Iterating the same watch again goes on behind them.
    """

    def __init__(self, first: int, last: int) -> None:
        super().__init__(f"the events {first} to {last} were pruned")
        self.first = first
        self.last = last


class CommandRefused(ClientError):
    """The server refused a command; `code` is for programs, `detail` for people."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(f"{code}: {detail}" if detail else code)
        self.code = code
        self.detail = detail


class WatchClosed(ClientError):
    """The watch ended before the server answered the command; its outcome is not known."""
