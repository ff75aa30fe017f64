"""Rates over HTTP: what is told, what is refused, and whom nobody can shut out."""

import asyncio
import re
import threading
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import httpx2
import pytest

from runcast.application import Runcast
from runcast.errors import Unavailable
from runcast.runtime import Runtime
from runcast.schemas.tokens import MFA_GRANT
from runcast.services import passwords as module
from runcast.services.principals import Client
from runcast.settings import Settings
from tests.conftest import CHEAP_HASHES, SECRET
from tests.tools.clock import FakeClock
from tests.tools.people import PASSWORD, SignedIn, make_key, refresh, sign_in
from tests.tools.second_factors import STEP, add_app

LIMITS = (
    "requests=5/minute, anonymous=4/minute, sign-in=3/minute, sign-in-address=6/minute, "
    "sign-in-account=8/hour, accounts=6/minute"
)
PLACES = Settings().password_threads * (1 + module._WAITING_PER_THREAD)
HOME, ELSEWHERE = "192.0.2.1", "198.51.100.7"


@pytest.fixture
async def app(database_url: str, clock: FakeClock) -> Any:
    """Yield an application with narrow limits."""
    app = Runcast(
        database_url=database_url,
        secret_key=SECRET,
        clock=clock,
        rate_limits=LIMITS,
        **CHEAP_HASHES,
    )
    async with app.router.lifespan_context(app):
        yield app


def client_at(app: Runcast, address: str) -> httpx2.AsyncClient:
    """Return a client that comes from an address."""
    transport = httpx2.ASGITransport(app, client=(address, 1))
    return httpx2.AsyncClient(transport=transport, base_url="http://testserver")


async def sign_in_from(app: Runcast, address: str, password: str, email: str) -> httpx2.Response:
    """Return the answer to a sign-in from an address."""
    form = {"grant_type": "password", "username": email, "password": password}
    async with client_at(app, address) as client:
        return await client.post("/api/auth/token", data=form)


async def test_requests_count_by_who_asks_and_answers_say_what_is_left(
    alice: SignedIn, bob: SignedIn
) -> None:
    answers = [await alice.get("/api/auth/me") for _ in range(6)]
    assert [answer.status_code for answer in answers] == [200] * 5 + [429]
    told = [answer.headers["RateLimit"].split(";")[1] for answer in answers]
    assert told == ["r=4", "r=3", "r=2", "r=1", "r=0", "r=0"]
    assert answers[0].headers["RateLimit-Policy"] == '"requests";q=5;w=60'
    assert (await bob.get("/api/auth/me")).status_code == 200


async def test_a_refusal_says_when_to_come_back_and_it_is_true(
    alice: SignedIn, clock: FakeClock
) -> None:
    for _ in range(6):
        refused = await alice.get("/api/auth/me")
    assert refused.headers["content-type"] == "application/problem+json"
    assert refused.json()["code"] == "too_many"
    seconds = int(refused.headers["Retry-After"])
    assert refused.headers["RateLimit"].endswith(f"t={seconds}")
    clock.advance(seconds)
    assert (await alice.get("/api/auth/me")).status_code == 200


async def test_a_key_counts_as_who_made_it(alice: SignedIn, client: httpx2.AsyncClient) -> None:
    key = await make_key(alice, "executions:read")
    client.headers["Authorization"] = f"Bearer {key['key']}"
    codes = [(await client.get("/api/handlers")).status_code for _ in range(5)]
    assert codes == [200, 200, 200, 200, 429]


async def test_requests_without_a_credential_count_by_address(app: Runcast) -> None:
    path = f"/api/items/{UUID(int=0)}"
    async with client_at(app, HOME) as client, client_at(app, ELSEWHERE) as other:
        codes = [(await client.get(path)).status_code for _ in range(5)]
        assert codes == [401] * 4 + [429]
        assert (await other.get(path)).status_code == 401


async def test_bad_credentials_count_by_address(app: Runcast) -> None:
    async with client_at(app, HOME) as client:
        client.headers["Authorization"] = "Bearer nonsense"
        codes = [(await client.get("/api/auth/me")).status_code for _ in range(5)]
    assert codes == [401] * 4 + [429]


async def test_guesses_at_one_account_are_refused_from_where_they_come(
    app: Runcast, alice: SignedIn
) -> None:
    codes = [
        (await sign_in_from(app, ELSEWHERE, "wrong", "Alice@example.com")).status_code
        for _ in range(4)
    ]
    assert codes == [400] * 3 + [429]
    refused = await sign_in_from(app, ELSEWHERE, PASSWORD, "alice@example.com")
    assert refused.status_code == 429
    assert '"sign-in";r=0' in refused.headers["RateLimit"]
    assert (await sign_in_from(app, HOME, PASSWORD, "alice@example.com")).status_code == 200


async def test_an_address_that_guesses_at_many_accounts_is_refused(app: Runcast) -> None:
    codes = [
        (await sign_in_from(app, HOME, "wrong", f"{n}@example.com")).status_code for n in range(7)
    ]
    assert codes == [400] * 6 + [429]


async def test_a_known_account_is_refused_like_an_unknown_one(
    app: Runcast, alice: SignedIn
) -> None:
    async def seen(email: str, address: str) -> list[tuple[int, str]]:
        answers = [await sign_in_from(app, address, "wrong", email) for _ in range(4)]
        return [
            (one.status_code, re.sub(r";t=\d+", "", one.headers["RateLimit"])) for one in answers
        ]

    assert await seen("alice@example.com", HOME) == await seen("nobody@example.com", ELSEWHERE)


async def test_whoever_signs_in_often_and_rightly_is_not_refused(
    app: Runcast, alice: SignedIn
) -> None:
    for _ in range(12):
        answer = await sign_in_from(app, HOME, PASSWORD, "alice@example.com")
        assert answer.status_code == 200


async def test_a_success_takes_back_no_failure(app: Runcast, alice: SignedIn) -> None:
    codes = []
    for password in ("wrong", PASSWORD, "wrong", PASSWORD, "wrong", PASSWORD):
        answer = await sign_in_from(app, HOME, password, "alice@example.com")
        codes.append(answer.status_code)
    assert codes == [400, 200, 400, 200, 400, 429]


async def test_nobody_can_shut_out_another_from_where_they_have_been(
    app: Runcast, alice: SignedIn, clock: FakeClock
) -> None:
    assert (await sign_in_from(app, HOME, PASSWORD, "alice@example.com")).status_code == 200
    for n in range(12):
        await sign_in_from(app, f"203.0.113.{n}", "wrong", "alice@example.com")
    assert (await sign_in_from(app, ELSEWHERE, PASSWORD, "alice@example.com")).status_code == 429
    assert (await sign_in_from(app, HOME, PASSWORD, "alice@example.com")).status_code == 200
    clock.advance(3600)
    assert (await sign_in_from(app, ELSEWHERE, PASSWORD, "alice@example.com")).status_code == 200


async def test_a_refresh_is_never_refused_by_others_guesses(
    app: Runcast, alice: SignedIn, client: httpx2.AsyncClient
) -> None:
    for _ in range(12):
        await sign_in_from(app, "127.0.0.1", "wrong", "alice@example.com")
    tokens = alice.tokens
    for _ in range(12):
        answer = await refresh(client, tokens["refresh_token"])
        assert answer.status_code == 200
        tokens = answer.json()


async def test_whoever_holds_a_session_does_not_guess_its_password(alice: SignedIn) -> None:
    change = {"password": "another long password", "current_password": "a guess"}
    codes = [(await alice.patch("/api/auth/me", json=change)).status_code for _ in range(4)]
    assert codes == [422] * 3 + [429]


async def test_proving_who_one_is_is_no_way_around(alice: SignedIn) -> None:
    guess = {"password": "a guess"}
    codes = [(await alice.post("/api/auth/prove", json=guess)).status_code for _ in range(4)]
    assert codes == [422] * 3 + [429]
    assert (await alice.patch("/api/auth/me", json={"name": "Alice"})).status_code == 200


async def test_neighbours_in_one_ipv6_network_are_one(app: Runcast) -> None:
    codes = [
        (await sign_in_from(app, f"2001:db8::{n:x}", "wrong", "a@example.com")).status_code
        for n in range(1, 5)
    ]
    assert codes == [400, 400, 400, 429]


async def test_registering_is_bounded_by_address(app: Runcast) -> None:
    async with client_at(app, HOME) as client:
        codes = []
        for n in range(7):
            body = {"email": f"{n}@example.com", "password": PASSWORD}
            codes.append((await client.post("/api/auth/register", json=body)).status_code)
    assert codes == [201] * 6 + [429]


async def test_one_address_that_fills_the_places_for_hashing_shuts_out_nobody(
    app: Runcast, alice: SignedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    passwords = app.state.runtime.registrar.passwords
    may_go = threading.Event()
    normalised = module._normalised

    def gated(password: str) -> bytes:
        if password == "flood":
            may_go.wait(60)
        return normalised(password)

    monkeypatch.setattr(module, "_normalised", gated)
    flood = [
        asyncio.create_task(passwords.verify("flood", None, Client("", ELSEWHERE)))
        for _ in range(PLACES)
    ]
    try:
        signing_in = asyncio.create_task(sign_in_from(app, HOME, PASSWORD, "alice@example.com"))
        # Whoever has most makes room.
        done, _ = await asyncio.wait([signing_in, *flood], return_when=asyncio.FIRST_COMPLETED)
        assert signing_in not in done
    finally:
        may_go.set()
    assert (await signing_in).status_code == 200
    found = await asyncio.gather(*flood, return_exceptions=True)
    assert sum(isinstance(one, Unavailable) for one in found) == 1


async def test_whoever_has_a_second_factor_signs_in_as_often_as_others(
    app: Runcast, alice: SignedIn, clock: FakeClock
) -> None:
    shown, _ = await add_app(alice, clock)
    clock.advance(STEP)
    for _ in range(7):
        first = (await sign_in_from(app, HOME, PASSWORD, "alice@example.com")).json()
        assert first["error"] == "mfa_required"
    form = {"grant_type": MFA_GRANT, "mfa_token": first["mfa_token"], "otp": shown.code()}
    async with client_at(app, HOME) as client:
        assert (await client.post("/api/auth/token", data=form)).status_code == 200


async def test_right_passwords_are_bounded_by_address_too(
    database_url: str, clock: FakeClock
) -> None:
    app = Runcast(
        database_url=database_url,
        secret_key=SECRET,
        clock=clock,
        rate_limits="attempts=4/minute",
        **CHEAP_HASHES,
    )
    proof = {"password": PASSWORD}
    change = {"current_password": PASSWORD, "email": "Alice@example.com"}
    async with app.router.lifespan_context(app), sign_in(app, "alice@example.com") as alice:
        assert (await alice.post("/api/auth/prove", json=proof)).status_code == 204
        assert (await alice.patch("/api/auth/me", json=change)).status_code == 200
        assert (await alice.post("/api/auth/prove", json=proof)).status_code == 204
        refused = [
            await alice.post("/api/auth/prove", json=proof),
            await alice.patch("/api/auth/me", json=change),
            await sign_in_from(app, "127.0.0.1", PASSWORD, "alice@example.com"),
        ]
        assert [answer.status_code for answer in refused] == [429] * 3
        assert '"attempts";r=0' in refused[0].headers["RateLimit"]
        there = await sign_in_from(app, ELSEWHERE, PASSWORD, "alice@example.com")
        assert there.status_code == 200


async def test_off_counts_nothing(database_url: str, clock: FakeClock) -> None:
    app = Runcast(
        database_url=database_url, secret_key=SECRET, clock=clock, rate_limits="off", **CHEAP_HASHES
    )
    async with app.router.lifespan_context(app):
        for _ in range(20):
            answer = await sign_in_from(app, HOME, "wrong", "a@example.com")
            assert answer.status_code == 400
            assert "RateLimit" not in answer.headers


async def test_health_is_not_counted(client: httpx2.AsyncClient, runtime: Runtime) -> None:
    answers = [await client.get("/health/live") for _ in range(20)]
    assert {answer.status_code for answer in answers} == {200}
    assert "RateLimit" not in answers[0].headers


MALFORMED = b"{]"
FORM = {"Content-Type": "multipart/form-data; boundary=x"}
JSON = {"Content-Type": "application/json"}


@pytest.mark.parametrize("path", ["register", "reset", "reset/confirm", "verification/confirm"])
async def test_bodies_that_nobody_can_read_count_for_the_address_before_they_are_read(
    client: httpx2.AsyncClient, path: str
) -> None:
    async def unread() -> AsyncIterator[bytes]:
        raise AssertionError("it was read")
        yield b""

    found = [
        await client.post(f"/api/auth/{path}", content=MALFORMED, headers=JSON) for _ in range(6)
    ]
    assert {answer.status_code for answer in found} == {422}
    assert found[-1].headers["ratelimit"].startswith('"accounts";r=0')
    over = await client.post(f"/api/auth/{path}", content=unread())
    assert over.status_code == 429


@pytest.mark.parametrize(
    ("path", "content", "headers"),
    [
        ("/api/auth/token", b"--zz", FORM),
        ("/api/items", MALFORMED, JSON | {"Authorization": "Bearer nobody's"}),
        ("/api/items", b"x" * (2**20 + 1), {"Authorization": "Bearer nobody's"}),
    ],
)
async def test_what_cannot_be_read_before_anybody_was_counted_counts_for_the_address(
    client: httpx2.AsyncClient, path: str, content: bytes, headers: dict[str, str]
) -> None:
    found = [
        (await client.post(path, content=content, headers=headers)).status_code for _ in range(6)
    ]
    assert set(found[:4]) <= {400, 413, 422}
    assert found[4:] == [429, 429]


async def test_a_body_that_is_read_is_counted_once(client: httpx2.AsyncClient) -> None:
    for left in (5, 4):
        answer = await client.post("/api/auth/reset", json={"email": "nobody@example.com"})
        assert answer.headers["ratelimit"].split(";")[1] == f"r={left}"
