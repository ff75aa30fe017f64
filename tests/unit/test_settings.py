"""Settings come from the environment or from arguments, and a wrong one is refused by its name."""

from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from runcast import Runcast
from runcast.settings import Settings


def test_the_default_is_a_file_under_the_current_folder(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    settings = Settings()
    assert settings.sqlite_path == tmp_path / "runcast-data" / "runcast.db"
    assert settings.data_folder == tmp_path / "runcast-data"


def test_an_argument_wins_over_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RUNCAST_ACCESS_TOKEN_SECONDS", "60")
    monkeypatch.setenv("RUNCAST_REGISTRATION", "closed")
    settings = Settings(access_token_seconds=90)
    assert (settings.access_token_seconds, settings.registration) == (90, "closed")


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("sqlite:////data/r.db", "/data/r.db"),
        ("sqlite+aiosqlite:////data/r.db", "/data/r.db"),
        ("postgresql://host/db", None),
        ("postgresql+asyncpg://host/db", None),
        ("postgres://host/db", None),
    ],
)
def test_a_database_is_a_file_or_a_server(url: str, path: str | None) -> None:
    settings = Settings(database_url=url)
    assert settings.sqlite_path == (path and Path(path))
    assert settings.data_folder == (path and Path(path).parent)


@pytest.mark.parametrize(
    ("url", "place"),
    [
        ("sqlite:////data/r.db", "/data/r.db"),
        (
            "postgresql://ada:secret@db.example.com:5432/runs?sslmode=require",
            "postgresql://db.example.com:5432/runs",
        ),
        ("postgresql+asyncpg:///runs?password=secret", "postgresql:///runs"),
    ],
)
def test_which_database_it_is_can_be_told_without_its_secrets(url: str, place: str) -> None:
    assert Settings(database_url=url).database_place == place


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("access_token_seconds", 0),
        ("access_token_seconds", 86_401),
        ("session_idle_seconds", 59),
        ("session_seconds", 59),
        ("lease_seconds", 0),
        ("lease_seconds", float("inf")),
        ("lease_seconds", float("nan")),
        ("concurrency", 0),
        ("concurrency", 10_001),
        ("cancel_seconds", 0),
        ("heartbeat_seconds", float("inf")),
        ("auth_seconds", 0),
        ("stuck_seconds", -1),
        ("feed_buffer_bytes", 2**16 - 1),
        ("socket_buffer_bytes", 2**12 - 1),
        ("password_threads", 0),
        ("password_memory_kib", 63),
        ("password_passes", 0),
        ("registration", "maybe"),
        ("secret_key", "x" * 31),
    ],
)
def test_a_setting_out_of_its_range_is_refused(
    monkeypatch: pytest.MonkeyPatch, name: str, value: Any
) -> None:
    with pytest.raises(ValidationError, match=name):
        Runcast(**{name: value})
    monkeypatch.setenv(f"RUNCAST_{name.upper()}", str(value))
    with pytest.raises(ValidationError, match=name):
        Settings()


def test_a_setting_that_there_is_not_is_refused() -> None:
    options: dict[str, Any] = {"colour": "red"}
    with pytest.raises(ValidationError, match="colour"):
        Settings(**options)


def test_settings_stay_as_they_were_read() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        Settings().concurrency = 3  # type: ignore[misc]  # what is refused is the point


def test_a_secret_is_not_shown() -> None:
    secret = "x" * 32
    assert secret not in repr(Settings.model_validate({"secret_key": secret}))


def test_every_setting_says_what_it_is_for() -> None:
    assert [name for name, field in Settings.model_fields.items() if not field.description] == []


@pytest.mark.parametrize(
    "name",
    ["metrics_token", "secret_key", "redis_url", "database_url", "mail_url", "password_threads"],
)
def test_a_refusal_does_not_show_what_it_refuses(
    monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv(f"RUNCAST_{name.upper()}", "hunter2")
    with pytest.raises(ValidationError, match=name) as refused:
        Settings()
    assert "hunter2" not in str(refused.value)


MAIL = {"mail_from": "Runs <runs@example.com>", "public_url": "https://runs.example.com"}


def test_letters_want_a_sender_and_somewhere_to_lead() -> None:
    with pytest.raises(ValidationError, match="mail_url"):
        Settings.model_validate({"mail_url": "console:"})
    assert Settings.model_validate({"mail_url": "console:", **MAIL}).mail_url is not None


def test_addresses_are_required_to_be_verified_only_where_letters_are_sent() -> None:
    with pytest.raises(ValidationError, match="require_verified"):
        Settings.model_validate({"require_verified": True})
    settings = {"require_verified": True, "mail_url": "console:", **MAIL}
    assert Settings.model_validate(settings).require_verified


def test_half_of_github_is_refused() -> None:
    for half in ({"github_client_id": "us"}, {"github_client_secret": "swordfish"}):
        options: dict[str, Any] = dict(half)
        with pytest.raises(ValidationError, match="github_client_secret") as refused:
            Settings(**options)
        assert "swordfish" not in str(refused.value)
