"""`runcast doctor --url`: a running server is asked as a stranger would ask, and as its person."""

import io
import sys
from typing import Any

import pytest

from runcast.cli.checks import answers
from runcast.cli.checks.answers import Account
from runcast.cli.checks.findings import Level
from tests.live.conftest import Live
from tests.tools.clock import FakeClock
from tests.tools.people import PASSWORD, SignedIn
from tests.tools.second_factors import add_app


@pytest.fixture
def wire() -> str:
    """Return the one wire that these tests need."""
    return "direct"


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """Return one kind of database: what is asked does not depend on it."""
    return sqlite_url


async def levels(live: Live, account: Account | None = None) -> dict[str, Level]:
    """Return how what the server answers is judged."""
    return {f.about: f.level for f in await answers.check(live.url, account)}


async def test_a_server_as_it_comes_answers_as_it_should(live: Live) -> None:
    found = await levels(live)
    del found["the server's clock"]  # the clock is the test's own
    assert found.pop("the refresh cookie") is Level.NOTE
    assert found.keys() >= {live.url, "/metrics", "CORS", "feeds"}
    assert set(found.values()) == {Level.OK}


async def test_the_cookie_is_seen_by_who_signs_in_and_the_session_is_ended(
    live: Live, alice: SignedIn
) -> None:
    found = await levels(live, Account("alice@example.com", PASSWORD))
    assert found["the refresh cookie"] is Level.OK
    assert len((await alice.get("/api/auth/sessions")).json()["items"]) == 1
    refused = await levels(live, Account("alice@example.com", "not her password"))
    assert refused["the refresh cookie"] is Level.WARNING


async def test_who_has_a_second_factor_is_asked_for_its_code(
    live: Live, alice: SignedIn, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, (recovery_code, *_) = await add_app(alice, clock)
    account = Account("alice@example.com", PASSWORD, from_stdin=True)
    monkeypatch.setattr(sys, "stdin", io.StringIO(f"{recovery_code}\n123\n"))
    assert (await levels(live, account))["the refresh cookie"] is Level.OK
    assert (await levels(live, account))["the refresh cookie"] is Level.WARNING


@pytest.mark.parametrize(
    ("url", "cookie", "level"),
    [
        ("http://x", "a=b; HttpOnly; SameSite=strict; Path=/api/auth/token", Level.OK),
        ("https://x", "a=b; HttpOnly; SameSite=strict; Path=/api/auth/token", Level.DANGER),
        ("https://x", "a=b; HttpOnly; Secure; SameSite=lax; Path=/api/auth/token", Level.DANGER),
        ("https://x", "a=b; HttpOnly; Secure; SameSite=strict; Path=/api/auth/token", Level.OK),
        ("http://x", "", Level.DANGER),
    ],
)
def test_flags_that_a_cookie_lacks_are_told(url: str, cookie: str, level: Level) -> None:
    assert [finding.level for finding in answers._flags(url, cookie)] == [level]


@pytest.mark.parametrize(
    "options", [{"metrics": "open", "allowed_origins": ("*",)}], ids=["lax settings"]
)
async def test_what_strangers_may_is_seen(live: Live, options: dict[str, Any]) -> None:
    found = await levels(live)
    assert (found["/metrics"], found["feeds"]) == (Level.WARNING, Level.DANGER)


async def test_what_does_not_answer_is_a_danger() -> None:
    (finding,) = await answers.check("http://127.0.0.1:1", None)
    assert finding.level is Level.DANGER


async def test_what_answers_and_is_no_runcast_is_a_danger(live: Live) -> None:
    (finding,) = await answers.check(f"{live.url}/docs", None)
    assert finding.level is Level.DANGER


@pytest.mark.parametrize(
    ("url", "level"),
    [
        ("http://runs.example.com", Level.DANGER),
        ("https://runs.example.com", Level.OK),
        ("http://127.0.0.1:8000", Level.OK),
    ],
)
def test_what_is_not_encrypted_is_a_danger(url: str, level: Level) -> None:
    assert answers._scheme(url).level is level
