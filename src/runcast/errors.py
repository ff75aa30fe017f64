"""Every refusal that Runcast makes, drawn as one tree, and the one table of statuses and close codes.

    RuncastError
    ├── BadRequest            400  4400
    │   ├── TokenRefused      400         the token endpoint's refusals (RFC 6749, 5.2)
    │   │   ├── InvalidGrant
    │   │   ├── InvalidTokenRequest
    │   │   ├── MfaRequired           what was shown is right, and a second factor is asked for
    │   │   ├── MfaFailed             what was shown is no second factor of theirs
    │   │   └── UnsupportedGrantType
    │   └── SignInRefused     400         what came back from a provider signs nobody in
    │       └── AccessDenied  400         the person, or the provider, said no
    ├── Unauthenticated       401  4401
    │   └── InvalidToken      401  4401   a credential was sent, and is not good (RFC 6750, 3.1)
    ├── Forbidden             403  4403
    │   ├── InsufficientScope 403  4403   the key was not made for that (RFC 6750, 3.1)
    │   ├── AddressNotVerified 403        a provider does not vouch for the address
    │   └── ProofRequired     403  4403   who one is was proved too long ago for that
    ├── NotFound              404  4404
    ├── MethodNotAllowed      405
    ├── Conflict              409
    │   ├── StillLive         409         a deletion of what still runs
    │   │   └── TeamNotEmpty  409         a deletion of a team that has items, or of which something runs
    │   ├── AccountExists     409         a provider vouches for the address of an account of somebody
    │   ├── IdentityTaken     409         an identity that is linked with another account
    │   ├── LastWayIn         409         what is left would sign nobody in
    │   └── MailNotConfigured 409         it takes a letter, and none can be sent
    ├── VersionMismatch       412         If-Match named another version
    ├── TooLarge              413  4413
    ├── TooSlow               408
    ├── HeadTooLarge          431
    ├── Unprocessable         422
    │   ├── TookTooLong       422         a read of very much, given up
    │   ├── PasswordRefused   422         a new password that would be guessed early
    │   ├── CodeRefused       422         a code that is not, or no longer, good
    │   ├── UnknownHandler    422
    │   └── InvalidInput      422         the input breaks the handler's schema
    │       └── InvalidAnswer 422         the answer breaks the question's
    ├── TooMany               429  4529   as many as one may have, or asked too often
    ├── ClaimLost             500  1011   a worker's write after another took its claim
    └── Unavailable           503  1013
        └── Restarting        503  1012

Each class carries its `code` (stable, for programs), its HTTP `status` and the WebSocket
`close_code` that says the same. Nothing else in the code names a status for a refusal.
"""

from typing import Any, ClassVar


class CloseCode:
    """WebSocket close codes. They carry the policy: 44xx never come back as you are, else come back."""

    DONE = 1000
    SERVICE_RESTART = 1012
    TRY_AGAIN_LATER = 1013
    BAD_REQUEST = 4400
    UNAUTHENTICATED = 4401
    ORIGIN_REFUSED = 4403
    NOT_FOUND = 4404
    AUTH_TIMEOUT = 4408
    FRAME_TOO_LARGE = 4413
    NO_SIGN_OF_LIFE = 4508
    TOO_MANY = 4529


class RuncastError(Exception):
    """A refusal with a stable code; `detail` is for people and may change."""

    code: ClassVar[str] = "error"
    title: ClassVar[str] = "Error"
    status: ClassVar[int] = 500
    close_code: ClassVar[int] = 1011

    def __init__(self, detail: str | None = None) -> None:
        super().__init__(detail or self.title)
        self.detail = detail or self.title


class BadRequest(RuncastError):
    """The request cannot be understood."""

    code = "bad_request"
    title = "Bad request"
    status = 400
    close_code = CloseCode.BAD_REQUEST


class TokenRefused(BadRequest):
    """The token endpoint says no; `code` is RFC 6749's `error`, `detail` (ASCII) its description."""


class InvalidGrant(TokenRefused):
    """The password or the refresh token does not sign anyone in."""

    code = "invalid_grant"
    title = "Invalid grant"


class InvalidTokenRequest(TokenRefused):
    """A parameter of the token request is missing."""

    code = "invalid_request"
    title = "Invalid token request"


class MfaRequired(TokenRefused):
    """What was shown first is right, and is not enough.

    Args:
        token: what stands for it at the second request.
        methods: what may be shown then: `otp`, `recovery`, `passkey`.
        passkey: what a page hands to `navigator.credentials.get`, where a passkey may be shown.
    """

    code = "mfa_required"
    title = "A second factor is needed"

    def __init__(
        self, token: str, methods: tuple[str, ...], passkey: dict[str, Any] | None
    ) -> None:
        super().__init__("Show a second factor, with the mfa_token.")
        self.token = token
        self.methods = methods
        self.passkey = passkey


class MfaFailed(TokenRefused):
    """What was shown is no second factor of theirs, or none that is taken now; the token still holds."""

    code = "mfa_failed"
    title = "Not the second factor"


class UnsupportedGrantType(TokenRefused):
    """The token endpoint knows no such grant."""

    code = "unsupported_grant_type"
    title = "Unsupported grant type"


class SignInRefused(BadRequest):
    """What came back from a provider proves nothing, or not to this browser; beginning anew may help."""

    code = "sign_in_refused"
    title = "Sign-in refused"


class AccessDenied(SignInRefused):
    """The person, or the provider, said no."""

    code = "access_denied"
    title = "Access denied"


class Unauthenticated(RuncastError):
    """No credential where one is needed."""

    code = "unauthenticated"
    title = "Not signed in"
    status = 401
    close_code = CloseCode.UNAUTHENTICATED


class InvalidToken(Unauthenticated):
    """A credential that is not, or no longer, good."""

    code = "invalid_token"
    title = "Invalid token"


class Forbidden(RuncastError):
    """Signed in, may see it, may not do it."""

    code = "forbidden"
    title = "Not allowed"
    status = 403
    close_code = CloseCode.ORIGIN_REFUSED


class InsufficientScope(Forbidden):
    """The credential is good, and was not made for that.

    Args:
        needed: which scopes it would take; none where no API key can have them.
    """

    code = "insufficient_scope"
    title = "Not within the credential's scopes"

    def __init__(self, needed: tuple[str, ...]) -> None:
        some = f"this needs a credential with {' '.join(needed)}"
        super().__init__(
            some if needed else "this takes a session, as who signs in has; no API key"
        )
        self.needed = needed


class AddressNotVerified(Forbidden):
    """An account needs an address, and the provider vouches for none."""

    code = "address_not_verified"
    title = "Address not verified"


class ProofRequired(Forbidden):
    """It is sensitive, and who one is was proved too long ago; to be proved again, and asked again."""

    code = "proof_required"
    title = "Prove who you are"


class NotFound(RuncastError):
    """There is no such thing, or none that this principal may see."""

    code = "not_found"
    title = "Not found"
    status = 404
    close_code = CloseCode.NOT_FOUND


class MethodNotAllowed(RuncastError):
    """There is something at this address, and it takes other methods."""

    code = "method_not_allowed"
    title = "Method not allowed"
    status = 405


class Conflict(RuncastError):
    """The state of the thing does not allow it."""

    code = "conflict"
    title = "Conflict"
    status = 409


class StillLive(Conflict):
    """It has executions that have not ended."""

    code = "still_live"
    title = "Executions have not ended"


class TeamNotEmpty(StillLive):
    """The team has items, or executions that have not ended."""

    title = "The team is not empty"


class AccountExists(Conflict):
    """The address has an account, which only who signs in to it as before links with a provider."""

    code = "account_exists"
    title = "The address has an account"


class IdentityTaken(Conflict):
    """The identity is linked with another account."""

    code = "identity_taken"
    title = "Linked with another account"


class LastWayIn(Conflict):
    """Without it nothing would be left to sign in with."""

    code = "last_way_in"
    title = "The last way to sign in"


class MailNotConfigured(Conflict):
    """It takes a letter, and this server sends none."""

    code = "mail_not_configured"
    title = "No mail is sent here"


class VersionMismatch(RuncastError):
    """If-Match named a version that is no longer the current one (RFC 9110, 13.1.1)."""

    code = "version_mismatch"
    title = "Changed by someone else"
    status = 412


class TooLarge(RuncastError):
    """A body or a frame is over its bound."""

    code = "too_large"
    title = "Too large"
    status = 413
    close_code = CloseCode.FRAME_TOO_LARGE


class TooSlow(RuncastError):
    """A request that did not arrive in time (RFC 9110, 15.5.9)."""

    code = "too_slow"
    title = "Too slow"
    status = 408


class HeadTooLarge(RuncastError):
    """The head of a request is over its bound (RFC 6585, 5)."""

    code = "head_too_large"
    title = "Head too large"
    status = 431


class Unprocessable(RuncastError):
    """Well formed, and not acceptable."""

    code = "unprocessable"
    title = "Unprocessable"
    status = 422


class TookTooLong(Unprocessable):
    """A read of very much was given up; the same would be again, and a narrower one may not be."""

    code = "took_too_long"
    title = "Took too long"


class PasswordRefused(Unprocessable):
    """A new password that would be guessed early, or of a wrong length; told at its field."""

    code = "password_refused"
    title = "Password refused"


class CodeRefused(Unprocessable):
    """A code from a letter that is unknown, used up, too old, or meant for something or somebody else."""

    code = "code_refused"
    title = "Code refused"


class UnknownHandler(Unprocessable):
    """No process ever announced a handler of that name."""

    code = "unknown_handler"
    title = "Unknown handler"


class InvalidInput(Unprocessable):
    """The input breaks the handler's schema; `problems` says where, as validation errors do."""

    code = "invalid_input"
    title = "Invalid input"

    def __init__(self, detail: str, problems: list[dict[str, Any]]) -> None:
        super().__init__(detail)
        self.problems = problems


class InvalidAnswer(InvalidInput):
    """The answer breaks the question's schema; the question stays open."""

    code = "invalid_answer"
    title = "Invalid answer"


class TooMany(RuncastError):
    """One has as many as one may have at once, or asks too often; the same may be had later.

    Args:
        retry_after: seconds after which it may be asked again.
    """

    code = "too_many"
    title = "Too many"
    status = 429
    close_code = CloseCode.TOO_MANY

    def __init__(self, detail: str | None = None, *, retry_after: int = 1) -> None:
        super().__init__(detail)
        self.retry_after = retry_after


class ClaimLost(RuncastError):
    """The claim that this write proves is no longer the live one; nothing was written."""

    code = "claim_lost"
    title = "Claim lost"


class Unavailable(RuncastError):
    """Not now; the same request may work later."""

    code = "unavailable"
    title = "Unavailable"
    status = 503
    close_code = CloseCode.TRY_AGAIN_LATER


class Restarting(Unavailable):
    """This process is stopping; another, or its successor, will serve."""

    code = "restarting"
    title = "Restarting"
    close_code = CloseCode.SERVICE_RESTART
