"""Sessions over HTTP: rotation, its grace, replays, listing and ending."""

from typing import Any

import httpx2
import pytest
from sqlalchemy import text

from runcast.application import Runcast
from runcast.database import UnitOfWork
from runcast.runtime import Runtime
from runcast.services import refresh_tokens
from runcast.services.audit import Action
from runcast.services.refresh_tokens import RefreshToken
from tests.tools.audited import entries
from tests.tools.clock import FakeClock
from tests.tools.people import SignedIn, password_grant, refresh


async def rotated(client: httpx2.AsyncClient, refresh_token: str) -> str:
    """Return the successor that a good token gets."""
    answer = await refresh(client, refresh_token)
    assert answer.status_code == 200, answer.text
    return str(answer.json()["refresh_token"])


async def is_refused(client: httpx2.AsyncClient, refresh_token: str) -> bool:
    """Tell whether a refresh token is refused."""
    answer = await refresh(client, refresh_token)
    return answer.status_code == 400 and answer.json()["error"] == "invalid_grant"


def parsed(refresh_token: str) -> RefreshToken:
    """Return the token's parts."""
    token = refresh_tokens.parse(refresh_token)
    assert token is not None
    return token


async def test_a_rotation_gives_tokens_that_work(alice: SignedIn) -> None:
    answer = (await refresh(alice, alice.tokens["refresh_token"])).json()
    assert answer["refresh_token"] != alice.tokens["refresh_token"]
    alice.headers["Authorization"] = f"Bearer {answer['access_token']}"
    assert (await alice.get("/api/auth/me")).status_code == 200
    assert await rotated(alice, answer["refresh_token"])


async def test_a_repeat_within_thirty_seconds_gets_the_same_successor(
    alice: SignedIn, clock: FakeClock
) -> None:
    first = alice.tokens["refresh_token"]
    second = await rotated(alice, first)
    clock.advance(30)
    assert await rotated(alice, first) == second


async def test_a_repeat_after_thirty_seconds_is_a_replay(alice: SignedIn, clock: FakeClock) -> None:
    first = alice.tokens["refresh_token"]
    second = await rotated(alice, first)
    clock.advance(30.001)
    assert await is_refused(alice, first)
    assert await is_refused(alice, second)


async def test_a_repeat_after_its_successor_was_used_is_a_replay(alice: SignedIn) -> None:
    first = alice.tokens["refresh_token"]
    third = await rotated(alice, await rotated(alice, first))
    assert await is_refused(alice, first)
    assert await is_refused(alice, third)


async def test_a_replay_ends_the_family_and_its_access_tokens(
    alice: SignedIn, clock: FakeClock
) -> None:
    elsewhere = await password_grant(alice, "alice@example.com")
    token = alice.tokens["refresh_token"]
    for _ in range(20):
        token = await rotated(alice, token)
    assert await is_refused(alice, alice.tokens["refresh_token"])
    assert (await alice.get("/api/auth/me")).status_code == 401
    assert await is_refused(alice, token)
    assert await rotated(alice, elsewhere["refresh_token"])


@pytest.mark.parametrize("generation", [0, 1, 2, 3, 2**32 - 1])
async def test_a_forged_token_is_refused_and_ends_nothing(alice: SignedIn, generation: int) -> None:
    newest = alice.tokens["refresh_token"]
    for _ in range(2):
        newest = await rotated(alice, newest)
    forged = RefreshToken(parsed(newest).session_id, generation, b"f" * 32)
    assert await is_refused(alice, str(forged))
    assert (await alice.get("/api/auth/me")).status_code == 200
    assert await rotated(alice, newest)


async def test_the_database_holds_no_refresh_token(app: Runcast, alice: SignedIn) -> None:
    newest = parsed(await rotated(alice, alice.tokens["refresh_token"]))
    async with UnitOfWork(app.state.runtime.database) as uow:
        query = text("SELECT refresh_hash FROM sessions")
        stored = {bytes(row[0]) for row in await uow.session.execute(query)}
    assert stored == {newest.hash}
    assert newest.secret not in stored


async def test_a_session_unused_for_too_long_has_ended(
    app: Runcast, alice: SignedIn, clock: FakeClock
) -> None:
    token = alice.tokens["refresh_token"]
    for _ in range(2):
        clock.advance(app.settings.session_idle_seconds - 1)
        token = await rotated(alice, token)
    clock.advance(app.settings.session_idle_seconds)
    assert await is_refused(alice, token)


async def test_a_session_ends_however_much_it_is_used(
    app: Runcast, alice: SignedIn, clock: FakeClock
) -> None:
    token = alice.tokens["refresh_token"]
    step = app.settings.session_idle_seconds - 1
    for _ in range(app.settings.session_seconds // step):
        clock.advance(step)
        token = await rotated(alice, token)
    clock.advance(app.settings.session_seconds % step)
    assert await is_refused(alice, token)


async def test_signing_out_ends_both_tokens_at_once(alice: SignedIn) -> None:
    assert (await alice.get("/api/auth/me")).status_code == 200
    signed_out = await alice.post("/api/auth/logout")
    assert (signed_out.status_code, signed_out.content) == (204, b"")
    assert (await alice.get("/api/auth/me")).status_code == 401
    assert await is_refused(alice, alice.tokens["refresh_token"])


async def test_a_session_that_another_process_ended_is_refused_within_two_seconds(
    app: Runcast, alice: SignedIn, clock: FakeClock
) -> None:
    assert (await alice.get("/api/auth/me")).status_code == 200
    async with UnitOfWork(app.state.runtime.database) as uow:
        await uow.session.execute(text("UPDATE sessions SET ended_at = '2026-01-01 00:00:00'"))
    clock.advance(2.001)
    assert (await alice.get("/api/auth/me")).status_code == 401


async def test_a_session_is_listed_with_where_it_comes_from(alice: SignedIn) -> None:
    page = (await alice.get("/api/auth/sessions")).json()
    (session,) = page["items"]
    assert page["next_cursor"] is None
    assert session["current"] is True
    assert session["user_agent"].startswith("python-httpx")
    assert session["address"] == "127.0.0.1"


async def test_sessions_are_listed_newest_first_a_page_at_a_time(alice: SignedIn) -> None:
    for _ in range(4):
        await password_grant(alice, "alice@example.com")
    seen: list[dict[str, Any]] = []
    path: str | None = "/api/auth/sessions?limit=2"
    while path is not None:
        page = (await alice.get(path)).json()
        assert len(page["items"]) <= 2
        seen += page["items"]
        cursor = page["next_cursor"]
        path = cursor and f"/api/auth/sessions?limit=2&cursor={cursor}"
    ids = [session["id"] for session in seen]
    assert len(ids) == 5
    assert ids == sorted(ids, reverse=True)
    assert [session["current"] for session in seen] == [False] * 4 + [True]


async def test_a_cursor_of_someone_else_is_refused(alice: SignedIn, bob: SignedIn) -> None:
    await password_grant(alice, "alice@example.com")
    page = (await alice.get("/api/auth/sessions", params={"limit": 1})).json()
    params = {"cursor": page["next_cursor"]}
    assert (await alice.get("/api/auth/sessions", params=params)).status_code == 200
    assert (await bob.get("/api/auth/sessions", params=params)).status_code == 422


@pytest.mark.parametrize("params", [{"limit": 0}, {"limit": 201}, {"cursor": "x"}, {"cursor": ""}])
async def test_a_page_out_of_bounds_is_422(alice: SignedIn, params: dict[str, str]) -> None:
    assert (await alice.get("/api/auth/sessions", params=params)).status_code == 422


async def test_one_ends_a_session_elsewhere(alice: SignedIn) -> None:
    elsewhere = await password_grant(alice, "alice@example.com")
    session_id = parsed(elsewhere["refresh_token"]).session_id
    assert (await alice.delete(f"/api/auth/sessions/{session_id}")).status_code == 204
    assert await is_refused(alice, elsewhere["refresh_token"])
    assert (await alice.delete(f"/api/auth/sessions/{session_id}")).status_code == 404
    assert len((await alice.get("/api/auth/sessions")).json()["items"]) == 1


async def test_a_session_of_someone_else_is_not_there(alice: SignedIn, bob: SignedIn) -> None:
    session_id = parsed(alice.tokens["refresh_token"]).session_id
    assert (await bob.delete(f"/api/auth/sessions/{session_id}")).status_code == 404
    assert (await alice.get("/api/auth/me")).status_code == 200


async def test_one_signs_out_everywhere_but_here(
    runtime: Runtime, alice: SignedIn, bob: SignedIn
) -> None:
    others = [await password_grant(alice, "alice@example.com") for _ in range(2)]
    for _ in range(2):
        assert (await alice.delete("/api/auth/sessions")).status_code == 204
    (left,) = (await alice.get("/api/auth/sessions")).json()["items"]
    assert left["current"]
    for other in others:
        headers = {"Authorization": f"Bearer {other['access_token']}"}
        assert (await alice.get("/api/auth/me", headers=headers)).status_code == 401
        assert await is_refused(alice, other["refresh_token"])
    assert await rotated(alice, alice.tokens["refresh_token"])
    assert (await bob.get("/api/auth/me")).status_code == 200
    (ended,) = await entries(runtime, Action.SESSIONS_ENDED)
    assert (ended.subject, str(ended.session_id)) == (f"user {alice.user['id']}", left["id"])
