"""The policies that a deployment has chosen: who may register, how often, for how long. Pure."""

from collections.abc import Iterator

from runcast import quotas
from runcast.cli.checks.findings import Finding, danger, note, ok, warning
from runcast.settings import Settings

_DAY = 86_400


def check(settings: Settings) -> Iterator[Finding]:
    """Yield what is to be said about policies."""
    yield _registration(settings)
    yield _mail(settings)
    yield _rates(settings)
    yield _metrics(settings)
    yield from _lifetimes(settings)
    yield _log_level(settings)
    yield _audit(settings)
    yield _database(settings)


def _registration(settings: Settings) -> Finding:
    about = "RUNCAST_REGISTRATION"
    if settings.registration != "open":
        return ok(about, settings.registration)
    if settings.require_verified:
        return note(
            about, "anybody with an address may register", "invite, or closed, if not meant"
        )
    return warning(
        about,
        "anybody may register, with any address",
        "say invite or closed, or RUNCAST_REQUIRE_VERIFIED=true",
    )


def _mail(settings: Settings) -> Finding:
    about = "RUNCAST_MAIL_URL"
    if settings.mail_url is None:
        return note(about, "no letters", "who forgets a password has no way back by themselves")
    return ok(about, "letters verify addresses and reset passwords")


def _rates(settings: Settings) -> Finding:
    about, limits = "RUNCAST_RATE_LIMITS", quotas.parse(settings.rate_limits)
    missing = [policy for policy in quotas.DEFAULTS if not limits.get(policy)]
    if missing:
        return danger(about, f"no limit on {', '.join(missing)}", "leave it on")
    return ok(about, settings.rate_limits)


def _metrics(settings: Settings) -> Finding:
    about = "RUNCAST_METRICS"
    if settings.metrics == "open":
        return warning(about, "anybody reads /metrics", "admin, with RUNCAST_METRICS_TOKEN")
    return ok(about, settings.metrics)


def _lifetimes(settings: Settings) -> Iterator[Finding]:
    bounds = {
        "access_token_seconds": 3_600,
        "session_idle_seconds": 90 * _DAY,
        "session_seconds": 366 * _DAY,
        "proof_seconds": 3_600,
        "signing_key_days": 366,
    }
    for name, most in bounds.items():
        about, value = f"RUNCAST_{name.upper()}", getattr(settings, name)
        if value > most:
            yield warning(about, f"{value} is long", f"at most {most}, unless there is a reason")
        else:
            yield ok(about, str(value))


def _log_level(settings: Settings) -> Finding:
    about = "RUNCAST_LOG_LEVEL"
    if settings.log_level == "debug":
        return warning(about, "everything is logged, of libraries too", "info")
    return ok(about, settings.log_level)


def _audit(settings: Settings) -> Finding:
    about, days = "RUNCAST_KEEP_AUDIT_DAYS", settings.keep_audit_days
    if days < 90:
        return warning(about, f"{days:g} days are soon over", "what happened is often found later")
    return ok(about, f"{days:g} days")


def _database(settings: Settings) -> Finding:
    about = "RUNCAST_DATABASE_URL"
    if settings.data_folder is None:
        return ok(about, "a server of its own")
    return note(about, "one SQLite file, one process", "see docs/operations.md for backups")
