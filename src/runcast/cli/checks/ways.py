"""The ways to and from a deployment: what is encrypted, and whose pages and proxies are trusted. Pure."""

from collections.abc import Iterator, Mapping
from ipaddress import ip_network
from urllib.parse import parse_qs, urlsplit

from runcast import mail_url
from runcast.cli.checks.findings import Finding, danger, note, ok, warning
from runcast.origins import is_loopback
from runcast.settings import Settings

_PRIVATE = {"require", "verify-ca", "verify-full"}
_LIBPQ_TLS = "PGSSLMODE"


def check(settings: Settings, environ: Mapping[str, str]) -> Iterator[Finding]:
    """Yield what is to be said about addresses, pages, proxies and connections."""
    yield _public_url(settings)
    yield from _origins(settings)
    yield _proxies(settings)
    yield from _database(settings, environ)
    yield from _redis(settings)
    yield from _mail(settings)
    yield from _providers(settings)


def is_reached(settings: Settings, url: str | None) -> bool:
    """Tell whether others than this machine reach the server, as far as the settings tell."""
    addresses = (settings.public_url, url)
    named = [urlsplit(address).hostname or "" for address in addresses if address is not None]
    return any(not is_loopback(host) for host in named) or settings.data_folder is None


def _public_url(settings: Settings) -> Finding:
    about, url = "RUNCAST_PUBLIC_URL", settings.public_url
    if url is None:
        return note(about, "not set", "set it, so that links and this check know the address")
    if urlsplit(url).scheme == "https" or is_loopback(urlsplit(url).hostname or ""):
        return ok(about, url)
    return danger(about, f"{url} is not encrypted", "put TLS before the server, and say https://")


def _origins(settings: Settings) -> Iterator[Finding]:
    about = "RUNCAST_ALLOWED_ORIGINS"
    if not settings.allowed_origins:
        yield ok(about, "only the server's own pages open feeds")
    for origin in settings.allowed_origins:
        yield _origin(about, origin)


def _origin(about: str, origin: str) -> Finding:
    parts = urlsplit(origin)
    if origin == "*":
        return danger(about, "every page on the web may open feeds", "name the origins")
    if origin.rstrip("/") != f"{parts.scheme}://{parts.netloc}" or not parts.netloc:
        return warning(about, f"{origin} is no origin", "write scheme://host[:port], and no path")
    if is_loopback(parts.hostname or ""):
        return warning(about, f"{origin} is whoever's machine it is", "leave it to development")
    if parts.scheme != "https":
        return danger(about, f"{origin} is not encrypted", "whoever is between writes that page")
    return ok(about, origin)


def _proxies(settings: Settings) -> Finding:
    about = "RUNCAST_TRUSTED_PROXIES"
    for proxy in settings.trusted_proxies:
        if ip_network(proxy).prefixlen == 0:
            advice = "name the proxies' own addresses"
            return danger(about, f"{proxy}: anybody may say where they come from", advice)
    if settings.trusted_proxies:
        return ok(about, ", ".join(settings.trusted_proxies))
    if (settings.public_url or "").startswith("https://"):
        advice = (
            "name the proxy's address: until then rates, cookies and the audit log see it alone"
        )
        return warning(about, "TLS ends at a proxy that is not trusted", advice)
    return ok(about, "no proxy is believed")


def _database(settings: Settings, environ: Mapping[str, str]) -> Iterator[Finding]:
    if settings.data_folder is not None:
        return
    about, parts = "RUNCAST_DATABASE_URL", urlsplit(settings.database_url)
    query = parse_qs(parts.query)
    modes = {*query.get("ssl", ()), *query.get("sslmode", ()), environ.get(_LIBPQ_TLS, "")}
    if _is_here(parts.hostname):
        yield ok(about, "the database is on this machine")
    elif modes & _PRIVATE:
        yield ok(about, "TLS to the database")
    else:
        yield warning(about, "TLS to the database is not required", "add ?sslmode=verify-full")


def _redis(settings: Settings) -> Iterator[Finding]:
    if settings.redis_url is None:
        return
    about, parts = "RUNCAST_REDIS_URL", urlsplit(settings.redis_url.get_secret_value())
    if parts.scheme == "unix" or _is_here(parts.hostname):
        yield ok(about, "Redis is on this machine")
        return
    if parts.scheme != "rediss":
        yield warning(about, "no TLS to Redis", "say rediss://")
    if parts.password is None:
        yield warning(
            about, "no password for Redis", "who can write to it counts rates as they like"
        )


def _mail(settings: Settings) -> Iterator[Finding]:
    if settings.mail_url is None:
        return
    about, target = "RUNCAST_MAIL_URL", mail_url.parse(settings.mail_url.get_secret_value())
    if isinstance(target, mail_url.Console):
        yield danger(about, "letters go to the log, with the codes in them", "name a mail server")
    elif target.tls in {mail_url.Tls.IMPLICIT, mail_url.Tls.REQUIRED} or is_loopback(target.host):
        yield ok(about, "TLS to the mail server")
    else:
        yield danger(about, "letters, with codes in them, go unencrypted", "say smtps://")


def _providers(settings: Settings) -> Iterator[Finding]:
    addresses = {f"RUNCAST_OIDC {each.name}": each.issuer for each in settings.oidc}
    if settings.github_client_id is not None:
        addresses["RUNCAST_GITHUB_URL"] = settings.github_url
    for about, address in addresses.items():
        if is_loopback(urlsplit(address).hostname or ""):
            yield warning(about, "whoever is on this machine speaks for everybody", "name another")
        else:
            yield ok(about, address)
    if addresses and settings.public_url is None:
        advice = "set it: until then nobody but this machine comes back from a provider"
        yield warning("RUNCAST_PUBLIC_URL", "not set, and people sign in elsewhere", advice)


def _is_here(host: str | None) -> bool:
    return host is None or is_loopback(host)
