"""Secrets that somebody else might know are dangers; those made by chance are not."""

from typing import Any

import pytest
from pydantic import SecretStr

from runcast.cli.checks import secrets
from runcast.cli.checks.findings import Level
from runcast.settings import Settings

CHANCE = "q3tJb1Zk8vQm0yWcXf5RzLh2NsPd7GaE4uTiOoKjVbY"


def levels(**given: Any) -> dict[str, Level]:
    """Return how each secret of such settings is judged."""
    return {finding.about: finding.level for finding in secrets.check(Settings(**given))}


def test_the_defaults_are_as_they_should_be() -> None:
    assert set(levels().values()) == {Level.OK}


@pytest.mark.parametrize(
    ("key", "level"), [(CHANCE, Level.OK), ("x" * 32, Level.DANGER), ("changeme" * 4, Level.DANGER)]
)
def test_a_secret_that_is_given_is_looked_at(key: str, level: Level) -> None:
    assert levels(secret_key=SecretStr(key))["RUNCAST_SECRET_KEY"] is level


def test_without_a_place_to_keep_one_a_secret_has_to_be_given() -> None:
    found = levels(database_url="postgresql://db/runcast")
    assert found["RUNCAST_SECRET_KEY"] is Level.DANGER


@pytest.mark.parametrize("cheap", [{"password_memory_kib": 64}, {"password_passes": 1}])
def test_hashes_that_are_cheap_to_try_are_a_danger(cheap: dict[str, int]) -> None:
    assert levels(**cheap)["RUNCAST_PASSWORD_MEMORY_KIB"] is Level.DANGER


@pytest.mark.parametrize(
    ("password", "level"), [("postgres", Level.WARNING), ("ada", Level.WARNING), (CHANCE, Level.OK)]
)
def test_passwords_in_addresses_are_looked_at(password: str, level: Level) -> None:
    found = levels(
        database_url=f"postgresql://ada:{password}@db/runcast",
        redis_url=SecretStr(f"redis://:{password}@cache"),
        metrics_token=SecretStr(CHANCE),
    )
    assert found["RUNCAST_DATABASE_URL"] is level
    assert found["RUNCAST_METRICS_TOKEN"] is Level.OK


def test_no_finding_shows_what_was_looked_at() -> None:
    weak = "changeme" * 4
    settings = Settings(
        secret_key=SecretStr(weak),
        metrics_token=SecretStr(weak),
        database_url=f"postgresql://ada:{weak}@db/runcast",
    )
    assert weak not in repr(list(secrets.check(settings)))
