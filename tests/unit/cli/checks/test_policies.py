"""Policies that let more in than a deployment should are told, each by its setting."""

from typing import Any

import pytest
from pydantic import SecretStr

from runcast.cli.checks import policies
from runcast.cli.checks.findings import Level
from runcast.settings import Settings

MAIL = {
    "mail_from": "a@b.example",
    "public_url": "https://b.example",
    "mail_url": SecretStr("smtp://mail.example"),
}


def levels(**given: Any) -> dict[str, Level]:
    """Return how each policy of such settings is judged."""
    return {finding.about: finding.level for finding in policies.check(Settings(**given))}


@pytest.mark.parametrize(
    ("given", "level"),
    [
        ({}, Level.WARNING),
        ({"require_verified": True, **MAIL}, Level.NOTE),
        ({"registration": "invite"}, Level.OK),
        ({"registration": "closed"}, Level.OK),
    ],
)
def test_open_registration_is_told(given: dict[str, Any], level: Level) -> None:
    assert levels(**given)["RUNCAST_REGISTRATION"] is level


@pytest.mark.parametrize(
    ("limits", "level"),
    [
        ("on", Level.OK),
        ("off", Level.DANGER),
        ("sign-in=off", Level.DANGER),
        ("sign-in=20/minute", Level.OK),
    ],
)
def test_limits_that_are_off_are_a_danger(limits: str, level: Level) -> None:
    assert levels(rate_limits=limits)["RUNCAST_RATE_LIMITS"] is level


@pytest.mark.parametrize(
    ("given", "about"),
    [
        ({"metrics": "open"}, "RUNCAST_METRICS"),
        ({"log_level": "debug"}, "RUNCAST_LOG_LEVEL"),
        ({"keep_audit_days": 7}, "RUNCAST_KEEP_AUDIT_DAYS"),
        ({"access_token_seconds": 86_400}, "RUNCAST_ACCESS_TOKEN_SECONDS"),
        ({"session_seconds": 10**9}, "RUNCAST_SESSION_SECONDS"),
        ({"session_idle_seconds": 10**9}, "RUNCAST_SESSION_IDLE_SECONDS"),
        ({"proof_seconds": 86_400}, "RUNCAST_PROOF_SECONDS"),
        ({"signing_key_days": 3_650}, "RUNCAST_SIGNING_KEY_DAYS"),
    ],
)
def test_what_is_laxer_than_the_default_is_a_warning(given: dict[str, Any], about: str) -> None:
    assert levels()[about] is Level.OK
    assert levels(**given)[about] is Level.WARNING


def test_letters_and_a_database_of_its_own_are_worth_a_note() -> None:
    assert levels()["RUNCAST_MAIL_URL"] is Level.NOTE
    assert levels(**MAIL)["RUNCAST_MAIL_URL"] is Level.OK
    assert levels()["RUNCAST_DATABASE_URL"] is Level.NOTE
    assert levels(database_url="postgresql://db/x")["RUNCAST_DATABASE_URL"] is Level.OK
