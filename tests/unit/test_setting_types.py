"""What a setting of each kind can be, and that what it cannot be is refused without being shown."""

import json
from typing import Any

import pytest
from pydantic import SecretStr, ValidationError

from runcast.settings import Settings

MAIL = {"mail_from": "Runs <runs@example.com>", "public_url": "https://runs.example.com"}


@pytest.mark.parametrize(
    "wrong", [{"rate_limits": "fast"}, {"trusted_proxies": "*"}, {"trusted_proxies": "a proxy"}]
)
def test_limits_and_proxies_are_checked_at_the_start(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError, match=next(iter(wrong))):
        Settings(**wrong)


def test_the_short_name_of_postgresql_is_taken_for_the_long_one() -> None:
    assert Settings(database_url="postgres://u@h/db").database_url == "postgresql://u@h/db"


def test_lists_are_comma_separated(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RUNCAST_ALLOWED_ORIGINS", "https://a.example, ,https://b.example,")
    assert Settings().allowed_origins == ("https://a.example", "https://b.example")


@pytest.mark.parametrize("url", ["redis://h:1/2", "rediss://u:swordfish@h", "unix:///r.sock"])
def test_what_rings_is_a_redis_whose_password_is_not_shown(url: str) -> None:
    settings = Settings(redis_url=SecretStr(url))
    assert settings.redis_url is not None
    assert settings.redis_url.get_secret_value() == url
    assert "swordfish" not in repr(settings)


def test_what_is_no_redis_is_refused_without_its_password() -> None:
    with pytest.raises(ValidationError, match="redis_url") as refused:
        Settings(redis_url=SecretStr("http://u:swordfish@h"))
    assert "swordfish" not in str(refused.value)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "r.db",
        "sqlite://",
        "sqlite:///",
        "sqlite:///:memory:",
        "sqlite://host/r.db",
        "mysql://h/d",
    ],
)
def test_a_database_that_is_neither_is_refused(url: str) -> None:
    with pytest.raises(ValidationError, match="database_url"):
        Settings(database_url=url)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("public_url", "runs.example.com"),
        ("public_url", "ftp://runs.example.com"),
        ("public_url", "https://runs.example.com/#"),
        ("public_url", "https://runs.example.com/pages"),
        ("public_url", "https://user@runs.example.com"),
        ("public_url", "https://"),
        ("mail_from", "nobody"),
        ("mail_from", "a@b.c\r\nBcc: everybody@example.com"),
        ("mail_url", "http://mail.example.com"),
    ],
)
def test_a_setting_of_mail_that_leads_nowhere_is_refused(name: str, value: str) -> None:
    with pytest.raises(ValidationError, match=name):
        Settings.model_validate({**MAIL, name: value})


def test_a_slash_behind_the_origin_of_the_pages_is_dropped() -> None:
    assert Settings.model_validate({"public_url": "http://127.0.0.1:8000/"}).public_url == (
        "http://127.0.0.1:8000"
    )


GOOGLE = {"name": "google", "issuer": "https://accounts.example", "client_id": "us"}


def test_providers_are_read_from_a_list_and_keep_their_secrets(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("RUNCAST_OIDC", json.dumps([{**GOOGLE, "client_secret": "swordfish"}]))
    (provider,) = Settings().oidc
    assert (provider.name, provider.issuer) == ("google", "https://accounts.example")
    assert provider.client_secret is not None
    assert provider.client_secret.get_secret_value() == "swordfish"
    assert "swordfish" not in repr(Settings())


@pytest.mark.parametrize(
    "text",
    [
        "swordfish",
        '[{"client_secret": "swordfish"}]',
        '{"client_secret": "swordfish"}',
        json.dumps([{**GOOGLE, "client_secret": "swordfish", "colour": "red"}]),
        json.dumps([{**GOOGLE, "client_secret": ["swordfish"]}]),
        json.dumps([{**GOOGLE, "client_secret": "swordfish", "name": "github"}]),
        json.dumps([GOOGLE, {**GOOGLE, "client_secret": "swordfish"}]),
        json.dumps([{**GOOGLE, "client_secret": "swordfish", "name": "a/b"}]),
        json.dumps([{**GOOGLE, "client_secret": "swordfish", "issuer": "http://accounts.example"}]),
        json.dumps([{**GOOGLE, "client_secret": "swordfish", "issuer": "https://u:p@a.example"}]),
        json.dumps([{**GOOGLE, "client_secret": "swordfish", "issuer": "https://a.example?b"}]),
        json.dumps([{**GOOGLE, "client_secret": "swordfish", "issuer": "https://"}]),
    ],
)
def test_providers_that_cannot_be_are_refused_without_their_secrets(
    monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    monkeypatch.setenv("RUNCAST_OIDC", text)
    with pytest.raises(ValidationError, match="oidc") as refused:
        Settings()
    assert "swordfish" not in str(refused.value)


def test_a_provider_on_this_machine_may_speak_plainly() -> None:
    options: dict[str, Any] = {"oidc": [{**GOOGLE, "issuer": "http://127.0.0.1:9000"}]}
    assert Settings(**options).oidc[0].issuer == "http://127.0.0.1:9000"
