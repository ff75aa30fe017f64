"""Second factors over HTTP: added, shown, removed; and proving again before any of that."""

from typing import Any

import httpx2
import pytest
from sqlalchemy import select

from runcast.application import Runcast
from runcast.database import UnitOfWork
from runcast.models import AuditEntry
from runcast.runtime import Runtime
from tests.tools.authenticator import Authenticator
from tests.tools.clock import FakeClock
from tests.tools.people import PASSWORD, SignedIn, make_key, password_grant
from tests.tools.second_factors import (
    AT_HOME,
    STEP,
    add_app,
    add_passkey,
    begin_passkey,
    challenge,
    first_step,
    prove,
    second_step,
    send_passkey,
)

NOTHING: dict[str, Any] = {
    "has_password": True,
    "totp_confirmed_at": None,
    "recovery_codes": 0,
    "passkeys": [],
}
SOME_ID = "00000000-0000-7000-8000-000000000000"
SENSITIVE: list[tuple[str, str, Any]] = [
    ("POST", "/api/auth/factors/totp", None),
    ("POST", "/api/auth/factors/totp/confirm", {"code": "123456"}),
    ("DELETE", "/api/auth/factors/totp", None),
    ("POST", "/api/auth/factors/recovery-codes", None),
    ("POST", "/api/auth/passkey-options", None),
    ("POST", "/api/auth/passkeys", {"code": "x", "credential": {}, "name": "x"}),
    ("DELETE", f"/api/auth/passkeys/{SOME_ID}", None),
    ("POST", "/api/auth/keys", {"name": "x", "scopes": ["app"]}),
]


async def factors(client: httpx2.AsyncClient) -> Any:
    """Return what somebody has."""
    answer = await client.get("/api/auth/factors")
    assert answer.status_code == 200, answer.text
    return answer.json()


async def ask(client: httpx2.AsyncClient, method: str, path: str, body: Any) -> httpx2.Response:
    """Return the answer to something sensitive."""
    return await client.request(method, path, json=body, headers=AT_HOME)


async def actions(runtime: Runtime) -> list[tuple[str, str | None]]:
    """Return what was noted of second factors, in order."""
    async with UnitOfWork(runtime.database) as uow:
        rows = await uow.session.scalars(select(AuditEntry).order_by(AuditEntry.id))
        kinds = ("factor", "recovery_codes", "passkey")
        return [
            (one.action, one.details.get("factor"))
            for one in rows
            if one.action.partition(".")[0] in kinds
        ]


async def test_who_is_new_has_a_password_and_nothing_else(alice: SignedIn) -> None:
    assert await factors(alice) == NOTHING


async def test_an_app_counts_once_it_is_confirmed_and_brings_recovery_codes(
    alice: SignedIn, clock: FakeClock
) -> None:
    assert (await alice.post("/api/auth/factors/totp")).status_code == 201
    assert await factors(alice) == NOTHING
    _, codes = await add_app(alice, clock)
    assert len(codes) == 10
    held = await factors(alice)
    assert held == {
        **NOTHING,
        "totp_confirmed_at": clock.now().isoformat().replace("+00:00", "Z"),
        "recovery_codes": 10,
    }


async def test_what_is_told_once_is_told_no_more_and_not_stored(
    alice: SignedIn, clock: FakeClock
) -> None:
    begun = await alice.post("/api/auth/factors/totp")
    assert begun.headers["cache-control"] == "no-store"
    app, codes = await add_app(alice, clock)
    assert app.secret != begun.json()["secret"]
    told = (await alice.get("/api/auth/factors")).text + (await alice.get("/api/auth/me")).text
    assert not [one for one in (app.secret, begun.json()["secret"], *codes) if one in told]


@pytest.mark.parametrize("code", ["000000", "", "x" * 200, "\u0661" * 6, "1 2 3"])
async def test_a_wrong_code_confirms_nothing(alice: SignedIn, code: str) -> None:
    begun = await alice.post("/api/auth/factors/totp")
    assert begun.status_code == 201
    answer = await alice.post("/api/auth/factors/totp/confirm", json={"code": code})
    assert answer.status_code == 422
    assert await factors(alice) == NOTHING


async def test_nothing_is_confirmed_or_removed_that_is_not_there(alice: SignedIn) -> None:
    answer = await alice.post("/api/auth/factors/totp/confirm", json={"code": "123456"})
    assert answer.status_code == 404
    assert (await alice.delete("/api/auth/factors/totp")).status_code == 404
    assert (await alice.post("/api/auth/factors/recovery-codes")).status_code == 409


async def test_there_is_one_app(alice: SignedIn, clock: FakeClock) -> None:
    await add_app(alice, clock)
    assert (await alice.post("/api/auth/factors/totp")).status_code == 409
    assert (await alice.delete("/api/auth/factors/totp")).status_code == 204
    await add_app(alice, clock)


async def test_with_the_last_factor_the_codes_go(
    client: httpx2.AsyncClient, alice: SignedIn, clock: FakeClock
) -> None:
    await add_app(alice, clock)
    made = await add_passkey(alice, Authenticator())
    assert (await alice.delete("/api/auth/factors/totp")).status_code == 204
    assert (await factors(alice))["recovery_codes"] == 10
    assert (await alice.delete(f"/api/auth/passkeys/{made['id']}")).status_code == 204
    assert await factors(alice) == NOTHING
    await password_grant(client, "alice@example.com")


async def test_new_codes_end_the_old_ones(
    client: httpx2.AsyncClient, alice: SignedIn, clock: FakeClock
) -> None:
    _, old = await add_app(alice, clock)
    renewed = await alice.post("/api/auth/factors/recovery-codes")
    assert (renewed.status_code, renewed.headers["cache-control"]) == (201, "no-store")
    new = renewed.json()["recovery_codes"]
    token = (await first_step(client))["mfa_token"]
    assert (await second_step(client, token, recovery_code=old[0])).status_code == 400
    assert (await second_step(client, token, recovery_code=new[0])).status_code == 200
    assert (await factors(alice))["recovery_codes"] == 9


async def test_codes_come_with_the_first_factor_alone(alice: SignedIn, clock: FakeClock) -> None:
    first = await add_passkey(alice, Authenticator())
    assert len(first["recovery_codes"]) == 10
    assert (await add_passkey(alice, Authenticator()))["recovery_codes"] is None
    _, new = await add_app(alice, clock)
    assert set(new).isdisjoint(first["recovery_codes"])


async def test_what_is_done_is_noted(alice: SignedIn, runtime: Runtime, clock: FakeClock) -> None:
    await add_app(alice, clock)
    made = await add_passkey(alice, Authenticator())
    await alice.patch(f"/api/auth/passkeys/{made['id']}", json={"name": "another"})
    await alice.post("/api/auth/factors/recovery-codes")
    await alice.delete(f"/api/auth/passkeys/{made['id']}")
    await alice.delete("/api/auth/factors/totp")
    assert await actions(runtime) == [
        ("factor.added", "totp"),
        ("factor.added", "passkey"),
        ("passkey.changed", None),
        ("recovery_codes.made", None),
        ("factor.removed", "passkey"),
        ("factor.removed", "totp"),
    ]


async def test_no_key_comes_near_factors(app: Runcast, alice: SignedIn) -> None:
    key = await make_key(alice, "app", "items:read")
    headers = {"Authorization": f"Bearer {key['key']}", **AT_HOME}
    reading: list[tuple[str, str, Any]] = [
        ("GET", "/api/auth/factors", None),
        ("GET", "/api/auth/passkeys", None),
        ("POST", "/api/auth/prove", {"password": PASSWORD}),
    ]
    for method, path, body in SENSITIVE + reading:
        answer = await alice.request(method, path, json=body, headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (403, "insufficient_scope")


async def test_nobody_is_told_anything(client: httpx2.AsyncClient) -> None:
    for method, path, body in [*SENSITIVE, ("GET", "/api/auth/factors", None)]:
        assert (await ask(client, method, path, body)).status_code == 401


@pytest.mark.parametrize(("method", "path", "body"), SENSITIVE, ids=lambda one: str(one)[:40])
async def test_what_is_sensitive_asks_for_a_fresh_proof(
    alice: SignedIn, clock: FakeClock, method: str, path: str, body: Any
) -> None:
    clock.advance(299)
    assert (await ask(alice, method, path, body)).status_code != 403
    await renew(alice, clock, 301)
    answer = await ask(alice, method, path, body)
    assert (answer.status_code, answer.json()["code"]) == (403, "proof_required")
    assert (await prove(alice, password=PASSWORD)).status_code == 204
    assert (await ask(alice, method, path, body)).status_code != 403


async def renew(client: SignedIn, clock: FakeClock, seconds: float) -> None:
    """Let time pass, and go on with the same session."""
    clock.advance(seconds)
    form = {"grant_type": "refresh_token", "refresh_token": client.tokens["refresh_token"]}
    client.tokens = (await client.post("/api/auth/token", data=form)).json()
    client.headers["Authorization"] = f"Bearer {client.tokens['access_token']}"


async def test_each_factor_proves(alice: SignedIn, clock: FakeClock) -> None:
    app, codes = await add_app(alice, clock)
    key = Authenticator()
    await add_passkey(alice, key)

    async def passkey() -> dict[str, str]:
        asked = await challenge(alice)
        return {"passkey": key.get(asked["options"]), "code": asked["code"]}

    async def otp() -> dict[str, str]:
        return {"otp": app.code()}

    async def recovery_code() -> dict[str, str]:
        return {"recovery_code": codes[0]}

    for evidence in (passkey, otp, recovery_code):
        await renew(alice, clock, 601)
        assert (await alice.post("/api/auth/factors/recovery-codes")).status_code == 403
        shown = await evidence()
        assert (await prove(alice, **shown)).status_code == 204
        assert (await alice.post("/api/auth/factors/recovery-codes")).status_code != 403
        # It was used up by that; a new set of codes ends the old one anyhow.
        assert (await prove(alice, **shown)).status_code == 422
        codes = (await alice.post("/api/auth/factors/recovery-codes")).json()["recovery_codes"]


async def test_what_is_wrong_or_somebody_elses_proves_nothing(
    alice: SignedIn, bob: SignedIn, clock: FakeClock
) -> None:
    app, codes = await add_app(bob, clock)
    key = Authenticator()
    await add_passkey(bob, key)
    await renew(alice, clock, 601)
    asked = await challenge(alice)
    for evidence in (
        {"password": "not the password"},
        {"otp": app.code()},
        {"recovery_code": codes[0]},
        {"passkey": key.get(asked["options"]), "code": asked["code"]},
        {"passkey": "{}", "code": "x"},
    ):
        assert (await prove(alice, **evidence)).status_code == 422
    assert (await alice.post("/api/auth/factors/totp")).status_code == 403
    await renew(bob, clock, 0)
    assert (await factors(bob))["recovery_codes"] == 10


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"password": "x", "otp": "1"},
        {"passkey": "x"},
        {"code": "x"},
        {"otp": "1", "code": "x"},
        {"password": None},
        {"otp": 1},
        {"passkey": {}},
        {"x": 1},
        {"otp": "1" * 201},
        {"passkey": "x" * 40_000, "code": "x"},
    ],
)
async def test_evidence_is_one_thing(alice: SignedIn, body: Any) -> None:
    answer = await alice.post("/api/auth/prove", json=body)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_request")


async def test_guesses_at_a_proof_pause_the_app_too(alice: SignedIn, clock: FakeClock) -> None:
    app, _ = await add_app(alice, clock)
    clock.advance(2 * STEP)
    for _ in range(5):
        assert (await prove(alice, otp=app.wrong())).status_code == 422
    assert (await prove(alice, otp=app.code())).status_code == 422
    clock.advance(60)
    assert (await prove(alice, otp=app.code())).status_code == 204


async def test_one_session_proves_for_itself_alone(
    app: Runcast, alice: SignedIn, clock: FakeClock
) -> None:
    tokens = await password_grant(alice, "alice@example.com")
    transport = httpx2.ASGITransport(app)
    async with SignedIn(transport=transport, base_url="http://testserver") as other:
        other.tokens = tokens
        await renew(alice, clock, 601)
        await renew(other, clock, 0)
        assert (await prove(alice, password=PASSWORD)).status_code == 204
        assert (await other.post("/api/auth/factors/totp")).status_code == 403


async def test_a_passkey_begun_by_one_is_not_added_by_another(
    alice: SignedIn, bob: SignedIn
) -> None:
    begun = await begin_passkey(alice)
    made = Authenticator().create(begun["options"])
    assert (await send_passkey(bob, begun["code"], made)).status_code == 422
    assert (await factors(bob))["passkeys"] == []
