"""Passkeys over HTTP: made for one's own challenge and account, named, listed, removed."""

import asyncio
from typing import Any

import pytest
from sqlalchemy import update

from runcast.database import UnitOfWork
from runcast.errors import Conflict
from runcast.models import User
from runcast.runtime import Runtime
from runcast.services.factors import passkeys
from tests.tools.authenticator import BE, BS, EDDSA, ES256, UP, UV, Authenticator, decode, encode
from tests.tools.clock import FakeClock
from tests.tools.people import SignedIn
from tests.tools.second_factors import (
    AT_HOME,
    add_passkey,
    begin_passkey,
    challenge,
    send_passkey,
    show,
)


async def listed(client: SignedIn) -> Any:
    """Return somebody's passkeys."""
    answer = await client.get("/api/auth/passkeys")
    assert answer.json()["next_cursor"] is None
    return answer.json()["items"]


@pytest.mark.parametrize("algorithm", [ES256, EDDSA])
@pytest.mark.parametrize("attestation", ["none", "packed"])
async def test_a_passkey_is_made_named_and_removed(
    alice: SignedIn, clock: FakeClock, algorithm: int, attestation: str
) -> None:
    key = Authenticator(
        algorithm=algorithm, attestation=attestation, flags=UP | UV | BE | BS, counts=0
    )
    made = await add_passkey(alice, key)
    del made["recovery_codes"]
    assert made == {
        "id": made["id"],
        "name": "a key",
        "synced": True,
        "backed_up": True,
        "created_at": clock.now().isoformat().replace("+00:00", "Z"),
        "last_used_at": None,
    }
    path = f"/api/auth/passkeys/{made['id']}"
    assert await listed(alice) == [made]
    renamed = await alice.patch(path, json={"name": "my telephone"})
    assert renamed.json() == {**made, "name": "my telephone"}
    assert (await alice.get("/api/auth/factors")).json()["passkeys"] == [renamed.json()]
    assert (await alice.delete(path)).status_code == 204
    assert await listed(alice) == []
    assert (await alice.delete(path)).status_code == 404


async def test_what_is_asked_for_names_its_person_and_what_they_have(alice: SignedIn) -> None:
    key = Authenticator()
    await add_passkey(alice, key)
    options = (await begin_passkey(alice))["options"]
    assert options["user"]["name"] == "alice@example.com"
    assert decode(options["user"]["id"]).hex() == alice.user["id"].replace("-", "")
    (held,) = options["excludeCredentials"]
    assert held["id"] == encode(key.credential_id)
    assert held["transports"] == ["internal", "hybrid"]


async def test_the_newest_is_listed_first_and_its_use_noted(
    alice: SignedIn, clock: FakeClock
) -> None:
    key = Authenticator(flags=UP | UV | BE)
    first = await add_passkey(alice, key)
    clock.advance(1)
    second = await add_passkey(alice, Authenticator())
    key.flags = UP | UV | BE | BS
    asked = await challenge(alice)
    assert (await show(alice, asked["code"], key.get(asked["options"]))).status_code == 200
    found = await listed(alice)
    assert [one["id"] for one in found] == [second["id"], first["id"]]
    assert found[1]["last_used_at"] == clock.now().isoformat().replace("+00:00", "Z")
    assert found[1]["backed_up"]


@pytest.mark.parametrize(
    "lie",
    [
        {"origin": "https://evil.example"},
        {"rp_id": "evil.example"},
        {"flags": UV},
        {"flags": UP},
        {"flags": UP | UV | BS},
        {"told_algorithm": -257},
        {"told_algorithm": -65535},
        {"attestation": "tpm"},
        {"client_data": {"challenge": encode(bytes(32))}},
        {"client_data": {"type": "webauthn.get"}},
        {"client_data": {"crossOrigin": True}},
        {"origin": "\ud800"},
        {"credential_id": bytes(1024)},
    ],
    ids=str,
)
async def test_a_lie_adds_no_passkey(alice: SignedIn, lie: dict[str, Any]) -> None:
    begun = await begin_passkey(alice)
    made = Authenticator(**lie).create(begun["options"])
    answer = await send_passkey(alice, begun["code"], made)
    assert (answer.status_code, answer.json()["code"]) == (422, "unprocessable")
    assert await listed(alice) == []


async def test_a_code_is_good_for_one_attempt(alice: SignedIn) -> None:
    begun = await begin_passkey(alice)
    wrong = Authenticator(origin="https://evil.example").create(begun["options"])
    assert (await send_passkey(alice, begun["code"], wrong)).status_code == 422
    right = Authenticator().create(begun["options"])
    assert (await send_passkey(alice, begun["code"], right)).status_code == 422
    assert await listed(alice) == []


async def test_beginning_anew_gives_up_what_was_begun(alice: SignedIn) -> None:
    old, new = await begin_passkey(alice), await begin_passkey(alice)
    for begun, status in ((old, 422), (new, 201)):
        made = Authenticator().create(begun["options"])
        assert (await send_passkey(alice, begun["code"], made)).status_code == status


async def test_a_code_ends_after_five_minutes(alice: SignedIn, clock: FakeClock) -> None:
    begun = await begin_passkey(alice)
    assert begun["expires_in"] == 300
    clock.advance(299)
    # The access token ends sooner than the code would.
    form = {"grant_type": "refresh_token", "refresh_token": alice.tokens["refresh_token"]}
    tokens = (await alice.post("/api/auth/token", data=form)).json()
    alice.headers["Authorization"] = f"Bearer {tokens['access_token']}"
    clock.advance(1)
    made = Authenticator().create(begun["options"])
    assert (await send_passkey(alice, begun["code"], made)).status_code == 422


async def test_a_challenge_of_another_purpose_adds_nothing(alice: SignedIn) -> None:
    asked = await challenge(alice)
    begun = await begin_passkey(alice)
    made = Authenticator().create({**begun["options"], **asked["options"]})
    assert (await send_passkey(alice, asked["code"], made)).status_code == 422


async def test_a_passkey_belongs_to_one_person(alice: SignedIn, bob: SignedIn) -> None:
    key = Authenticator()
    made = await add_passkey(alice, key)
    begun = await begin_passkey(bob)
    answer = await send_passkey(bob, begun["code"], key.create(begun["options"]))
    assert answer.status_code == 409
    path = f"/api/auth/passkeys/{made['id']}"
    assert (await bob.patch(path, json={"name": "mine"})).status_code == 404
    assert (await bob.delete(path)).status_code == 404
    assert [one["name"] for one in await listed(alice)] == ["a key"]


@pytest.mark.parametrize(
    "credential",
    [
        {},
        {"id": 7},
        {"id": "x", "rawId": "x", "type": "public-key", "response": {}},
        {"id": "x", "rawId": "x", "type": "public-key", "response": {"attestationObject": "AA"}},
        {"response": []},
        {"response": None},
        {"id": "x" * 100_000},
        {"x": [[[[[]]]]]},
    ],
    ids=lambda one: str(one)[:40],
)
async def test_garbage_is_no_passkey(alice: SignedIn, credential: Any) -> None:
    begun = await begin_passkey(alice)
    answer = await send_passkey(alice, begun["code"], credential)
    assert (answer.status_code, answer.json()["code"]) == (422, "unprocessable")


@pytest.mark.parametrize(
    "body",
    [
        {"code": "x", "name": "x"},
        {"code": "x", "name": "", "credential": {}},
        {"code": "x", "name": "x" * 201, "credential": {}},
        {"code": "", "name": "x", "credential": {}},
        {"code": "x", "name": "x", "credential": []},
        {"code": "x", "name": "x", "credential": {}, "more": 1},
    ],
)
async def test_bodies_are_strict(alice: SignedIn, body: Any) -> None:
    answer = await alice.post("/api/auth/passkeys", json=body, headers=AT_HOME)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_request")


async def test_nobody_has_more_than_twenty(
    alice: SignedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(passkeys, "MAX_PASSKEYS", 2)
    begun = await begin_passkey(alice)
    for _ in range(2):
        kept = await begin_passkey(alice)
        made = Authenticator().create(kept["options"])
        assert (await send_passkey(alice, kept["code"], made)).status_code == 201
    assert (await send_passkey(alice, begun["code"], {})).status_code == 422
    answer = await alice.post("/api/auth/passkey-options", headers=AT_HOME)
    assert (answer.status_code, answer.json()["code"]) == (409, Conflict.code)


async def test_the_last_way_to_sign_in_stays(alice: SignedIn, runtime: Runtime) -> None:
    first = await add_passkey(alice, Authenticator())
    second = await add_passkey(alice, Authenticator())
    async with UnitOfWork(runtime.database) as uow:
        await uow.session.execute(update(User).values(password_hash=None))
    paths = [f"/api/auth/passkeys/{one['id']}" for one in (first, second)]
    answers = await asyncio.gather(*(alice.delete(path) for path in paths))
    assert sorted(one.status_code for one in answers) == [204, 409]
    assert [one.json()["code"] for one in answers if one.status_code == 409] == ["last_way_in"]
    assert len(await listed(alice)) == 1


async def test_without_a_name_of_the_server_there_are_none(alice: SignedIn) -> None:
    answer = await alice.post("/api/auth/passkey-options")
    assert (answer.status_code, "RUNCAST_PUBLIC_URL" in answer.json()["detail"]) == (409, True)
