"""The secrets that a deployment is given: none that somebody else might know, or guess. Pure."""

from collections.abc import Iterator
from urllib.parse import urlsplit

from runcast.cli.checks.findings import Finding, danger, ok, warning
from runcast.cli.checks.strength import weakness
from runcast.settings import Settings

MAKE_ONE = 'make one: python3 -c "import secrets; print(secrets.token_urlsafe(32))"'
_SECRET_BITS = 100
_TOKEN_BITS = 48
_OWASP_MEMORY_KIB = 19_456


def check(settings: Settings) -> Iterator[Finding]:
    """Yield what is to be said about secrets."""
    yield _secret_key(settings)
    yield _hashes(settings)
    if settings.metrics_token is not None:
        yield _given("RUNCAST_METRICS_TOKEN", settings.metrics_token.get_secret_value())
    yield from _passwords("RUNCAST_DATABASE_URL", settings.database_url)
    if settings.redis_url is not None:
        yield from _passwords("RUNCAST_REDIS_URL", settings.redis_url.get_secret_value())


def _secret_key(settings: Settings) -> Finding:
    about = "RUNCAST_SECRET_KEY"
    if settings.secret_key is not None:
        reason = weakness(settings.secret_key.get_secret_value(), _SECRET_BITS)
        return (
            ok(about, "looks made by chance") if reason is None else danger(about, reason, MAKE_ONE)
        )
    if settings.data_folder is None:
        return danger(about, "not set, and there is no data folder to keep one in", MAKE_ONE)
    return ok(about, "made at the first start, kept in the data folder")


def _given(about: str, text: str) -> Finding:
    reason = weakness(text, _TOKEN_BITS)
    return ok(about, "looks made by chance") if reason is None else warning(about, reason, MAKE_ONE)


def _hashes(settings: Settings) -> Finding:
    about, memory = "RUNCAST_PASSWORD_MEMORY_KIB", settings.password_memory_kib
    if memory < _OWASP_MEMORY_KIB or settings.password_passes < 2:
        return danger(
            about,
            f"a password's hash takes {memory} KiB and {settings.password_passes} passes",
            f"OWASP's least is {_OWASP_MEMORY_KIB} KiB and 2 passes; leave both settings out",
        )
    return ok(about, f"{memory} KiB, {settings.password_passes} passes of Argon2id")


def _passwords(about: str, url: str) -> Iterator[Finding]:
    parts = urlsplit(url)
    password = parts.password
    if password is None:
        return
    guesses = {"", parts.username, "postgres", "password", "runcast", "redis", "secret", "changeme"}
    if password in guesses or weakness(password, 24) is not None:
        yield warning(about, "its password is one that is tried first", MAKE_ONE)
    else:
        yield ok(about, "its password is none that is tried first")
