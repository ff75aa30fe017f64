"""What goes unencrypted, and whose pages and proxies are believed, is told from the settings alone."""

from typing import Any

import pytest
from pydantic import SecretStr

from runcast.cli.checks import ways
from runcast.cli.checks.findings import Level
from runcast.settings import Settings

ORIGINS, PROXIES = "RUNCAST_ALLOWED_ORIGINS", "RUNCAST_TRUSTED_PROXIES"
URL, DATABASE, REDIS = "RUNCAST_PUBLIC_URL", "RUNCAST_DATABASE_URL", "RUNCAST_REDIS_URL"
MAIL: dict[str, Any] = {"mail_from": "a@b.example", "public_url": "https://b.example"}


def worst(about: str, environ: dict[str, str] | None = None, **given: Any) -> Level:
    """Return how this is judged in such settings."""
    found = ways.check(Settings(**given), environ or {})
    order = list(Level)
    return max((f.level for f in found if f.about == about), key=order.index)


@pytest.mark.parametrize(
    ("url", "level"),
    [
        (None, Level.NOTE),
        ("https://runs.example.com", Level.OK),
        ("http://runs.example.com", Level.DANGER),
        ("http://127.0.0.1:8000", Level.OK),
    ],
)
def test_the_address_of_the_pages_is_encrypted(url: str | None, level: Level) -> None:
    assert worst(URL, public_url=url) is level


@pytest.mark.parametrize(
    ("origin", "level"),
    [
        ("*", Level.DANGER),
        ("http://app.example.com", Level.DANGER),
        ("http://localhost:3000", Level.WARNING),
        ("https://app.example.com/path", Level.WARNING),
        ("app.example.com", Level.WARNING),
        ("https://app.example.com", Level.OK),
    ],
)
def test_origins_are_looked_at_one_by_one(origin: str, level: Level) -> None:
    assert worst(ORIGINS, allowed_origins=("https://a.example", origin)) is level


@pytest.mark.parametrize(
    ("proxies", "url", "level"),
    [
        ((), None, Level.OK),
        ((), "https://a.example", Level.WARNING),
        (("10.0.0.0/8",), "https://a.example", Level.OK),
        (("0.0.0.0/0",), "https://a.example", Level.DANGER),
        (("::/0",), None, Level.DANGER),
    ],
)
def test_a_proxy_is_believed_where_there_is_one(
    proxies: tuple[str, ...], url: str | None, level: Level
) -> None:
    assert worst(PROXIES, trusted_proxies=proxies, public_url=url) is level


@pytest.mark.parametrize(
    ("url", "environ", "level"),
    [
        ("postgresql://db.example/x", {}, Level.WARNING),
        ("postgresql://db.example/x?sslmode=prefer", {}, Level.WARNING),
        ("postgresql://db.example/x?sslmode=verify-full", {}, Level.OK),
        ("postgresql://db.example/x?ssl=require", {}, Level.OK),
        ("postgresql://db.example/x", {"PGSSLMODE": "require"}, Level.OK),
        ("postgresql://127.0.0.1/x", {}, Level.OK),
    ],
)
def test_a_database_elsewhere_is_reached_by_tls(
    url: str, environ: dict[str, str], level: Level
) -> None:
    assert worst(DATABASE, environ, database_url=url) is level


@pytest.mark.parametrize(
    ("url", "level"),
    [
        ("redis://127.0.0.1", Level.OK),
        ("unix:///run/redis.sock", Level.OK),
        ("redis://:x@cache.example", Level.WARNING),
        ("rediss://cache.example", Level.WARNING),
    ],
)
def test_a_redis_elsewhere_is_reached_by_tls_and_with_a_password(url: str, level: Level) -> None:
    assert worst(REDIS, redis_url=SecretStr(url)) is level


def test_a_redis_with_both_is_not_told_of() -> None:
    settings = Settings(redis_url=SecretStr("rediss://:x@cache.example"))
    assert [f for f in ways.check(settings, {}) if f.about == REDIS] == []


@pytest.mark.parametrize(
    ("url", "level"),
    [
        ("smtp://mail.example", Level.OK),
        ("smtps://mail.example", Level.OK),
        ("smtp://localhost", Level.OK),
        ("smtp://mail.example?tls=off", Level.DANGER),
        ("console:", Level.DANGER),
    ],
)
def test_letters_go_encrypted(url: str, level: Level) -> None:
    assert worst("RUNCAST_MAIL_URL", mail_url=SecretStr(url), **MAIL) is level


@pytest.mark.parametrize(
    ("given", "url", "reached"),
    [
        ({}, None, False),
        ({}, "http://127.0.0.1:8000", False),
        ({}, "https://runs.example.com", True),
        ({"public_url": "http://localhost:8000"}, None, False),
        ({"public_url": "https://runs.example.com"}, None, True),
        ({"database_url": "postgresql://127.0.0.1/x"}, None, True),
    ],
)
def test_whether_others_reach_it_is_told_by_its_address_or_its_database(
    given: dict[str, Any], url: str | None, reached: bool
) -> None:
    assert ways.is_reached(Settings(**given), url) is reached


@pytest.mark.parametrize(
    ("issuer", "level"),
    [("https://accounts.example.com", Level.OK), ("http://127.0.0.1:9000", Level.WARNING)],
)
def test_providers_are_no_strangers_of_this_machine(issuer: str, level: Level) -> None:
    oidc = [{"name": "acme", "issuer": issuer, "client_id": "x"}]
    assert worst("RUNCAST_OIDC acme", oidc=oidc, public_url="https://a.example") is level
    assert worst("RUNCAST_PUBLIC_URL", oidc=oidc) is Level.WARNING


def test_github_is_a_provider_too() -> None:
    github: dict[str, Any] = {"github_client_id": "x", "github_client_secret": SecretStr("y")}
    assert worst("RUNCAST_GITHUB_URL", public_url="https://a.example", **github) is Level.OK
