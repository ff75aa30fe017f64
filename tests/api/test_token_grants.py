"""Signing in with a second factor, and by a passkey alone: what is asked, taken, refused and bounded."""

import asyncio
import json
from typing import Any

import httpx2
import pytest
from sqlalchemy import select

from runcast.application import Runcast
from runcast.database import UnitOfWork
from runcast.models import AuditEntry, OneTimeCode, Session, User
from runcast.runtime import Runtime
from runcast.schemas.tokens import MFA_GRANT, PASSKEY_GRANT
from runcast.services import one_time
from runcast.services.factors import challenges
from tests.tools.authenticator import BE, EDDSA, UP, UV, Authenticator
from tests.tools.clock import FakeClock
from tests.tools.people import PASSWORD, SignedIn, password_grant, sign_in
from tests.tools.second_factors import (
    AT_HOME,
    STEP,
    App,
    add_app,
    add_passkey,
    challenge,
    first_step,
    second_step,
    show,
)

PAGE = {"Origin": "http://localhost", "Sec-Fetch-Site": "same-origin", **AT_HOME}


@pytest.fixture
async def alices_app(alice: SignedIn, clock: FakeClock) -> App:
    """Return alice's app; the clock stands at a step of which no code was used."""
    app, _ = await add_app(alice, clock)
    clock.advance(2 * STEP)
    return app


@pytest.fixture
async def key(alice: SignedIn) -> Authenticator:
    """Return alice's passkey."""
    key = Authenticator()
    await add_passkey(alice, key)
    return key


def refused(answer: httpx2.Response, error: str = "invalid_grant") -> None:
    """Assert that a grant was refused so."""
    assert (answer.status_code, answer.json().get("error")) == (400, error), answer.text
    assert answer.headers["cache-control"] == "no-store"


async def me(client: httpx2.AsyncClient, signed_in: httpx2.Response) -> Any:
    """Return who an answer has signed in."""
    assert signed_in.status_code == 200, signed_in.text
    headers = {"Authorization": f"Bearer {signed_in.json()['access_token']}"}
    return (await client.get("/api/auth/me", headers=headers)).json()["email"]


async def methods(runtime: Runtime) -> str:
    """Return by what the newest session was opened."""
    async with UnitOfWork(runtime.database) as uow:
        newest = select(Session.methods).order_by(Session.id.desc()).limit(1)
        return str(await uow.session.scalar(newest))


async def noted(runtime: Runtime, action: str) -> list[AuditEntry]:
    """Return the entries of an act."""
    async with UnitOfWork(runtime.database) as uow:
        found = select(AuditEntry).where(AuditEntry.action == action).order_by(AuditEntry.id)
        return list(await uow.session.scalars(found))


async def test_a_right_password_is_not_enough_and_a_wrong_one_tells_nothing(
    client: httpx2.AsyncClient, alices_app: App
) -> None:
    asked = await first_step(client)
    assert asked["methods"] == ["otp", "recovery"]
    assert asked["mfa_token"].startswith("rco_")
    assert "passkey" not in asked
    for form in (
        {"username": "alice@example.com", "password": "not the password"},
        {"username": "nobody@example.com", "password": PASSWORD},
    ):
        answer = await client.post("/api/auth/token", data={"grant_type": "password", **form})
        refused(answer)
        assert answer.json().keys() & {"mfa_token", "methods", "passkey"} == set()


async def test_who_has_no_second_factor_signs_in_as_ever(
    client: httpx2.AsyncClient, alice: SignedIn
) -> None:
    await alice.post("/api/auth/factors/totp")
    await password_grant(client, "alice@example.com")


async def test_the_apps_code_signs_in_once(
    client: httpx2.AsyncClient, runtime: Runtime, alices_app: App
) -> None:
    token = (await first_step(client))["mfa_token"]
    answer = await second_step(client, token, otp=alices_app.code())
    assert await me(client, answer) == "alice@example.com"
    assert await methods(runtime) == "pwd otp mfa"
    refused(await second_step(client, token, otp=alices_app.code(1)))
    token = (await first_step(client))["mfa_token"]
    refused(await second_step(client, token, otp=alices_app.code()), "mfa_failed")
    assert (await second_step(client, token, otp=alices_app.code(1))).status_code == 200


async def test_two_sign_ins_by_one_code_at_once_let_one_through(
    client: httpx2.AsyncClient, alices_app: App
) -> None:
    tokens = [(await first_step(client))["mfa_token"] for _ in range(3)]
    code = alices_app.code()
    answers = await asyncio.gather(*(second_step(client, one, otp=code) for one in tokens))
    assert sorted(one.status_code for one in answers) == [200, 400, 400]


async def test_one_token_at_once_signs_in_once(
    client: httpx2.AsyncClient, alice: SignedIn, clock: FakeClock
) -> None:
    _, codes = await add_app(alice, clock)
    token = (await first_step(client))["mfa_token"]
    answers = await asyncio.gather(
        *(second_step(client, token, recovery_code=code) for code in codes[:4])
    )
    assert sorted(one.status_code for one in answers) == [200, 400, 400, 400]
    assert (await alice.get("/api/auth/factors")).json()["recovery_codes"] == 9


async def test_a_recovery_code_signs_in_once(
    client: httpx2.AsyncClient, alice: SignedIn, clock: FakeClock
) -> None:
    _, codes = await add_app(alice, clock)
    token = (await first_step(client))["mfa_token"]
    assert await me(client, await second_step(client, token, recovery_code=codes[0].upper()))
    token = (await first_step(client))["mfa_token"]
    refused(await second_step(client, token, recovery_code=codes[0]), "mfa_failed")


async def test_a_passkey_is_a_second_factor_too(
    client: httpx2.AsyncClient, runtime: Runtime, alice: SignedIn, key: Authenticator
) -> None:
    asked = await first_step(client)
    assert asked["methods"] == ["recovery", "passkey"]
    assert len(asked["passkey"]["allowCredentials"]) == 1
    passkey = key.get(asked["passkey"])
    assert await me(client, await second_step(client, asked["mfa_token"], passkey=passkey))
    assert await methods(runtime) == "pwd hwk user mfa"
    again = await first_step(client)
    refused(await second_step(client, again["mfa_token"], passkey=passkey), "mfa_failed")


async def test_a_passkey_of_another_or_for_another_challenge_is_no_second_factor(
    app: Runcast, client: httpx2.AsyncClient, bob: SignedIn, key: Authenticator
) -> None:
    bobs = Authenticator()
    await add_passkey(bob, bobs)
    asked = await first_step(client)
    elsewhere = (await challenge(client))["options"]
    for passkey in (bobs.get(asked["passkey"]), key.get(elsewhere), "{", "[]"):
        refused(await second_step(client, asked["mfa_token"], passkey=passkey), "mfa_failed")
    right = key.get(asked["passkey"])
    assert (await second_step(client, asked["mfa_token"], passkey=right)).status_code == 200


async def test_where_no_passkey_can_be_shown_none_is_asked_for(
    client: httpx2.AsyncClient, key: Authenticator
) -> None:
    form = {"grant_type": "password", "username": "alice@example.com", "password": PASSWORD}
    answer = await client.post("/api/auth/token", data=form)
    assert answer.json()["methods"] == ["recovery"]
    assert "passkey" not in answer.json()


async def test_five_wrong_answers_end_the_token(
    client: httpx2.AsyncClient, runtime: Runtime, alice: SignedIn, clock: FakeClock
) -> None:
    _, codes = await add_app(alice, clock)
    token = (await first_step(client))["mfa_token"]
    for _ in range(4):
        refused(await second_step(client, token, recovery_code="wrong"), "mfa_failed")
    refused(await second_step(client, token, recovery_code="wrong"))
    refused(await second_step(client, token, recovery_code=codes[0]))
    assert len(await noted(runtime, "factor.refused")) == 5


async def test_guessing_pauses_the_app_and_nothing_else_and_nobody_else(
    client: httpx2.AsyncClient, alice: SignedIn, bob: SignedIn, clock: FakeClock
) -> None:
    app, codes = await add_app(alice, clock)
    key = Authenticator()
    await add_passkey(alice, key)
    bobs, _ = await add_app(bob, clock)
    clock.advance(2 * STEP)
    token = (await first_step(client))["mfa_token"]
    for _ in range(5):
        await second_step(client, token, otp=app.wrong())
    asked = await first_step(client)
    refused(await second_step(client, asked["mfa_token"], otp=app.code()), "mfa_failed")
    assert (
        await second_step(client, asked["mfa_token"], recovery_code=codes[0])
    ).status_code == 200
    asked = await first_step(client)
    shown = key.get(asked["passkey"])
    assert (await second_step(client, asked["mfa_token"], passkey=shown)).status_code == 200
    his = await first_step(client, "bob@example.com")
    assert (await second_step(client, his["mfa_token"], otp=bobs.code())).status_code == 200


async def test_a_token_ends_after_five_minutes(
    client: httpx2.AsyncClient, clock: FakeClock, alices_app: App
) -> None:
    token = (await first_step(client))["mfa_token"]
    clock.advance(300)
    refused(await second_step(client, token, otp=alices_app.code()))


async def test_a_changed_password_ends_the_token(
    client: httpx2.AsyncClient, alice: SignedIn, alices_app: App
) -> None:
    token = (await first_step(client))["mfa_token"]
    change = {"password": "another long password", "current_password": PASSWORD}
    assert (await alice.patch("/api/auth/me", json=change)).status_code == 200
    refused(await second_step(client, token, otp=alices_app.code()))


@pytest.mark.parametrize("by", ["otp", "passkey"])
async def test_who_was_disabled_meanwhile_does_not_get_in(
    client: httpx2.AsyncClient, runtime: Runtime, alices_app: App, key: Authenticator, by: str
) -> None:
    asked, alone = await first_step(client), await challenge(client)
    async with UnitOfWork(runtime.database) as uow:
        user = await uow.session.scalar(select(User).where(User.email == "alice@example.com"))
        assert user is not None
        user.disabled_at = runtime.clock.now()
    if by == "otp":
        refused(await second_step(client, asked["mfa_token"], otp=alices_app.code()))
    else:
        refused(await show(client, alone["code"], key.get(alone["options"])))


async def test_a_token_of_one_is_no_use_to_another(
    client: httpx2.AsyncClient, bob: SignedIn, clock: FakeClock, alices_app: App
) -> None:
    bobs, codes = await add_app(bob, clock)
    clock.advance(2 * STEP)
    token = (await first_step(client))["mfa_token"]
    refused(await second_step(client, token, otp=bobs.code()), "mfa_failed")
    refused(await second_step(client, token, recovery_code=codes[0]), "mfa_failed")


@pytest.mark.parametrize(
    "form",
    [
        {},
        {"mfa_token": "rco_x"},
        {"otp": "123456"},
        {"mfa_token": "rco_x", "otp": ""},
        {"mfa_token": "rco_x", "otp": "1", "recovery_code": "1"},
        {"mfa_token": "", "otp": "1"},
    ],
)
async def test_what_is_missing_or_too_much_is_told(
    client: httpx2.AsyncClient, form: dict[str, str]
) -> None:
    answer = await client.post("/api/auth/token", data={"grant_type": MFA_GRANT, **form})
    refused(answer, "invalid_request")


@pytest.mark.parametrize("form", [{}, {"code": "x"}, {"passkey": "{}"}])
async def test_a_passkey_and_its_code_come_together(
    client: httpx2.AsyncClient, form: dict[str, str]
) -> None:
    answer = await client.post("/api/auth/token", data={"grant_type": PASSKEY_GRANT, **form})
    refused(answer, "invalid_request")


@pytest.mark.parametrize("token", ["rco_x", "x", "\ud800", "\0", "x" * 10_000])
async def test_a_made_up_token_is_none(client: httpx2.AsyncClient, token: str) -> None:
    body = b"grant_type=" + MFA_GRANT.encode() + b"&otp=123456&mfa_token="
    sent = body + token.encode("utf-8", "surrogatepass")
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    refused(await client.post("/api/auth/token", content=sent, headers=kind))


async def test_a_page_gets_its_cookie_at_the_second_step(
    client: httpx2.AsyncClient, alices_app: App
) -> None:
    token = (await first_step(client))["mfa_token"]
    form = {"grant_type": MFA_GRANT, "mfa_token": token, "otp": alices_app.code(), "cookie": "true"}
    answer = await client.post("/api/auth/token", data=form, headers=PAGE)
    assert answer.status_code == 200
    assert "refresh_token" not in answer.json()
    assert "runcast_refresh=" in answer.headers["set-cookie"]


@pytest.mark.parametrize(
    ("made", "by"),
    [
        (Authenticator(), "hwk user mfa"),
        (Authenticator(algorithm=EDDSA, flags=UP | UV | BE, counts=0), "swk user mfa"),
    ],
    ids=["kept by its device", "synced"],
)
async def test_a_passkey_signs_in_alone(
    client: httpx2.AsyncClient,
    runtime: Runtime,
    alice: SignedIn,
    alices_app: App,
    *,
    made: Authenticator,
    by: str,
) -> None:
    await add_passkey(alice, made)
    for _ in range(2):
        asked = await challenge(client)
        answer = await show(client, asked["code"], made.get(asked["options"]))
        assert await me(client, answer) == "alice@example.com"
    assert await methods(runtime) == by


async def test_a_challenge_is_met_once(client: httpx2.AsyncClient, key: Authenticator) -> None:
    asked = await challenge(client)
    passkey = key.get(asked["options"])
    answers = await asyncio.gather(*(show(client, asked["code"], passkey) for _ in range(4)))
    assert sorted(one.status_code for one in answers) == [200, 400, 400, 400]
    refused(await show(client, asked["code"], key.get(asked["options"])))


async def test_a_challenge_that_is_over_or_anothers_signs_nobody_in(
    client: httpx2.AsyncClient, clock: FakeClock, key: Authenticator
) -> None:
    first, second = await challenge(client), await challenge(client)
    refused(await show(client, first["code"], key.get(second["options"])))
    clock.advance(300)
    refused(await show(client, second["code"], key.get(second["options"])))


@pytest.mark.parametrize(
    "lie",
    [
        {"origin": "https://evil.example"},
        {"rp_id": "evil.example"},
        {"flags": UV},
        {"flags": UP},
        {"flags": UP | UV | BE},
        {"handle": b"somebody else..."},
        {"handle": b""},
        {"credential_id": b"unknown"},
    ],
    ids=str,
)
async def test_a_lie_signs_nobody_in(
    client: httpx2.AsyncClient, key: Authenticator, lie: dict[str, Any]
) -> None:
    for name, value in lie.items():
        setattr(key, name, value)
    asked = await challenge(client)
    refused(await show(client, asked["code"], key.get(asked["options"])))


async def test_who_says_that_it_is_somebody_elses_is_not_believed(
    client: httpx2.AsyncClient, bob: SignedIn, key: Authenticator
) -> None:
    asked = await challenge(client)
    passkey = key.get(asked["options"], handle=Authenticator().handle or bob.user["id"].encode())
    refused(await show(client, asked["code"], passkey))


async def test_without_saying_whose_it_is_nobody_is_signed_in(
    client: httpx2.AsyncClient, key: Authenticator
) -> None:
    asked = await challenge(client)
    document = key.assertion(asked["options"])
    del document["response"]["userHandle"]
    refused(await show(client, asked["code"], json.dumps(document)))


async def test_a_counter_that_does_not_go_on_is_refused_and_noted(
    client: httpx2.AsyncClient, runtime: Runtime, key: Authenticator
) -> None:
    asked = await challenge(client)
    assert (await show(client, asked["code"], key.get(asked["options"]))).status_code == 200
    for back in (1, 2):
        key.count -= back
        asked = await challenge(client)
        refused(await show(client, asked["code"], key.get(asked["options"])))
    entries = await noted(runtime, "passkey.copied")
    assert [(one.details["counted"], one.details["before"]) for one in entries] == [(2, 2), (1, 2)]


async def test_a_counter_that_nobody_signed_is_not_noted(
    client: httpx2.AsyncClient, runtime: Runtime, key: Authenticator
) -> None:
    asked = await challenge(client)
    await show(client, asked["code"], key.get(asked["options"]))
    key.count = 0
    key.key = Authenticator().key
    refused(
        await show(client, (asked := await challenge(client))["code"], key.get(asked["options"]))
    )
    assert await noted(runtime, "passkey.copied") == []


async def test_a_counter_goes_up_to_its_last_number(
    client: httpx2.AsyncClient, key: Authenticator
) -> None:
    key.count = 2**32 - 2
    asked = await challenge(client)
    assert (await show(client, asked["code"], key.get(asked["options"]))).status_code == 200


async def test_a_passkey_that_was_removed_signs_nobody_in(
    client: httpx2.AsyncClient, alice: SignedIn, key: Authenticator
) -> None:
    (held,) = (await alice.get("/api/auth/passkeys")).json()["items"]
    assert (await alice.delete(f"/api/auth/passkeys/{held['id']}")).status_code == 204
    asked = await challenge(client)
    refused(await show(client, asked["code"], key.get(asked["options"])))


@pytest.mark.parametrize(
    "passkey", ["x", "{}", "[]", "null", "\0", "é" * 9, "[" * 30_000, '{"id": 1}', "x" * 200_000]
)
async def test_garbage_is_no_passkey(client: httpx2.AsyncClient, passkey: str) -> None:
    asked = await challenge(client)
    refused(await show(client, asked["code"], passkey))
    refused(await show(client, passkey, "{}"))


async def test_asking_for_challenges_fills_nothing_and_meeting_one_is_remembered_shortly(
    client: httpx2.AsyncClient, runtime: Runtime, key: Authenticator
) -> None:
    async def kept() -> list[OneTimeCode]:
        async with UnitOfWork(runtime.database) as uow:
            shown = OneTimeCode.purpose == one_time.Purpose.SHOW_PASSKEY
            return list(await uow.session.scalars(select(OneTimeCode).where(shown)))

    for _ in range(5):
        asked = await challenge(client)
        refused(await show(client, asked["code"], "{}"))
    assert await kept() == []
    assert (await show(client, asked["code"], key.get(asked["options"]))).status_code == 200
    (row,) = await kept()
    assert row.expires_at == runtime.clock.now() + challenges.LIFETIME


async def test_passkeys_of_an_unknown_name_are_not_asked_for(client: httpx2.AsyncClient) -> None:
    answer = await client.post("/api/auth/passkey-challenges")
    assert (answer.status_code, answer.json()["code"]) == (409, "conflict")


async def test_no_secret_is_in_a_log_or_in_the_audit(
    app: Runcast,
    client: httpx2.AsyncClient,
    runtime: Runtime,
    clock: FakeClock,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(0)
    async with sign_in(app, "carol@example.com") as carol:
        theirs, codes = await add_app(carol, clock)
        clock.advance(2 * STEP)
        asked = await first_step(client, "carol@example.com")
        await second_step(client, asked["mfa_token"], otp=theirs.wrong())
        await second_step(client, asked["mfa_token"], recovery_code=codes[0])
    async with UnitOfWork(runtime.database) as uow:
        entries = [str(vars(one)) for one in await uow.session.scalars(select(AuditEntry))]
    written = caplog.text + "".join(entries)
    for secret in (theirs.secret, asked["mfa_token"], codes[0], codes[1]):
        assert secret not in written
