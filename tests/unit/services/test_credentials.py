"""Credentials: what is asked of the database, how often, and what is remembered."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from runcast.application import Runcast
from runcast.database import UnitOfWork
from runcast.database.prepared_reads import PreparedRead
from runcast.errors import InvalidToken
from runcast.services import credentials as module
from runcast.services.credentials import Credentials
from runcast.services.principals import Principal
from tests.tools.clock import FakeClock
from tests.tools.people import SignedIn

# There is a local credential only where there is a data folder.
ONLY_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def credentials(app: Runcast) -> Credentials:
    """Return the application's own."""
    found: Credentials = app.state.runtime.credentials
    return found


@pytest.fixture
def reads(app: Runcast, monkeypatch: pytest.MonkeyPatch) -> list[PreparedRead]:
    """Return a list that grows with every statement of the hot path."""
    statements: list[PreparedRead] = []
    database = app.state.runtime.database
    fetch = database.fetch

    async def counting(read: PreparedRead, **values: Any) -> Any:
        statements.append(read)
        return await fetch(read, **values)

    monkeypatch.setattr(database, "fetch", counting)
    return statements


async def change(app: Runcast, statement: str) -> None:
    """Change the rows behind the server's back, as another process would."""
    async with UnitOfWork(app.state.runtime.database) as uow:
        await uow.session.execute(text(statement))


async def test_a_token_speaks_for_its_person(credentials: Credentials, alice: SignedIn) -> None:
    principal = await credentials.principal(alice.tokens["access_token"])
    assert str(principal.user_id) == alice.user["id"]
    assert (principal.email, principal.is_admin) == ("alice@example.com", False)
    assert principal.session_id is not None
    assert principal.expires_at is not None


async def test_the_database_is_asked_once_in_two_seconds(
    credentials: Credentials, alice: SignedIn, clock: FakeClock, reads: list[PreparedRead]
) -> None:
    for _ in range(3):
        await credentials.principal(alice.tokens["access_token"])
    assert len(reads) == 1
    clock.advance(2.001)
    await credentials.principal(alice.tokens["access_token"])
    assert len(reads) == 2


async def test_what_is_remembered_does_not_outlive_the_token(
    credentials: Credentials, alice: SignedIn, clock: FakeClock
) -> None:
    clock.advance(299)
    await credentials.principal(alice.tokens["access_token"])
    clock.advance(1)
    with pytest.raises(InvalidToken):
        await credentials.principal(alice.tokens["access_token"])


async def test_a_refusal_is_not_remembered_as_good(
    credentials: Credentials, app: Runcast, alice: SignedIn, clock: FakeClock
) -> None:
    await credentials.principal(alice.tokens["access_token"])
    await change(app, "UPDATE sessions SET ended_at = '2026-01-01 00:00:00'")
    clock.advance(3)
    for _ in range(2):
        with pytest.raises(InvalidToken):
            await credentials.principal(alice.tokens["access_token"])


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE sessions SET ended_at = '2026-01-01 00:00:00.000000'",
        "UPDATE sessions SET expires_at = '2026-01-01 00:00:00.000000'",
        "UPDATE sessions SET last_used_at = '2025-06-01 00:00:00.000000'",
        "UPDATE users SET disabled_at = '2026-01-01 00:00:00.000000'",
        "DELETE FROM sessions",
        "DELETE FROM users",
        "UPDATE sessions SET user_id = (SELECT id FROM users WHERE email_key = 'bob@example.com')",
    ],
)
async def test_every_way_to_lose_a_session_is_felt_within_two_seconds(
    *,
    credentials: Credentials,
    app: Runcast,
    alice: SignedIn,
    bob: SignedIn,
    clock: FakeClock,
    statement: str,
) -> None:
    assert bob.user["id"] != alice.user["id"]
    principal = await credentials.principal(alice.tokens["access_token"])
    await change(app, statement)
    assert await credentials.still_good([principal]) == set()
    clock.advance(2.001)
    with pytest.raises(InvalidToken):
        await credentials.principal(alice.tokens["access_token"])


@ONLY_SQLITE
async def test_open_sockets_are_rechecked_in_one_statement(
    credentials: Credentials,
    app: Runcast,
    alice: SignedIn,
    bob: SignedIn,
    reads: list[PreparedRead],
) -> None:
    tokens = [
        alice.tokens["access_token"],
        bob.tokens["access_token"],
        app.state.runtime.local_access.token,
    ]
    principals = {await credentials.principal(token) for token in tokens}
    reads.clear()
    assert await credentials.still_good(principals) == principals
    assert len(reads) == 1
    await bob.post("/api/auth/logout")
    still = await credentials.still_good(principals)
    assert {p.email for p in principals if p in still} == {"alice@example.com", "local"}


async def test_a_recheck_judges_expiry_by_the_clock(
    credentials: Credentials, alice: SignedIn, clock: FakeClock
) -> None:
    principal = await credentials.principal(alice.tokens["access_token"])
    clock.advance(300)
    assert await credentials.still_good([principal]) == set()


async def test_an_administrator_no_more_is_good_no_more(
    credentials: Credentials, app: Runcast, alice: SignedIn
) -> None:
    plain = await credentials.principal(alice.tokens["access_token"])
    administrator = replace(plain, is_admin=True)
    assert await credentials.still_good([plain, administrator]) == {plain}
    await change(app, "UPDATE users SET is_admin = true")
    assert await credentials.still_good([plain, administrator]) == {plain, administrator}


async def test_a_session_of_another_person_proves_nothing(
    credentials: Credentials, alice: SignedIn, bob: SignedIn
) -> None:
    hers = await credentials.principal(alice.tokens["access_token"])
    his = await credentials.principal(bob.tokens["access_token"])
    mixed = replace(hers, user_id=his.user_id)
    assert await credentials.still_good([mixed]) == set()


async def test_nobody_is_still_good_when_nobody_is_asked_about(credentials: Credentials) -> None:
    assert await credentials.still_good([]) == set()


async def test_what_is_remembered_is_bounded(
    credentials: Credentials,
    alice: SignedIn,
    bob: SignedIn,
    reads: list[PreparedRead],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "CACHE_SIZE", 1)
    for client in (alice, bob, alice):
        await credentials.principal(client.tokens["access_token"])
    assert len(reads) == 3
    assert len(credentials._cache) == 1


async def test_no_connection_is_held_for_a_credential(
    credentials: Credentials, app: Runcast, alice: SignedIn
) -> None:
    await credentials.principal(alice.tokens["access_token"])
    assert app.state.runtime.database.connections_in_use == 0


@ONLY_SQLITE
async def test_the_local_credential_never_expires(
    credentials: Credentials, app: Runcast, clock: FakeClock
) -> None:
    token = app.state.runtime.local_access.token
    clock.advance(timedelta(days=1000).total_seconds())
    principal = await credentials.principal(token)
    assert principal == Principal(
        user_id=app.state.runtime.local_access.user_id,
        email="local",
        name="local",
        is_admin=False,
        session_id=None,
        expires_at=None,
    )


@pytest.mark.parametrize("token", ["", "rcl_", "rcl_" + "A" * 43, "rck_x", "é", "\ud800"])
async def test_what_is_no_credential_is_refused(credentials: Credentials, token: str) -> None:
    with pytest.raises(InvalidToken):
        await credentials.principal(token)
