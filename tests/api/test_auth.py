"""Accounts over HTTP: registering, signing in, oneself, and what is refused."""

import argon2
import httpx2
import pytest
from sqlalchemy import text

from runcast.application import Runcast
from runcast.database import UnitOfWork
from runcast.scopes import DESCRIPTIONS
from runcast.services import setup_tokens, users
from runcast.services.principals import Client
from tests.conftest import SECRET
from tests.tools.clock import FakeClock
from tests.tools.people import PASSWORD, SignedIn, password_grant

ADA = {"email": "ada@example.com", "password": PASSWORD}


async def offer(app: Runcast) -> str | None:
    """Return a new setup token, as `runcast serve` prints it."""
    async with UnitOfWork(app.state.runtime.database) as uow:
        return await setup_tokens.offer(uow, app.state.runtime.clock)


async def test_a_person_registers_and_signs_in(client: httpx2.AsyncClient) -> None:
    registered = await client.post("/api/auth/register", json={**ADA, "name": "Ada"})
    assert registered.status_code == 201
    assert registered.json().keys() == {
        "id",
        "email",
        "email_verified_at",
        "name",
        "is_admin",
        "created_at",
    }
    assert registered.json()["is_admin"] is False
    tokens = await password_grant(client, "ada@example.com")
    assert tokens.keys() == {"access_token", "refresh_token", "token_type", "expires_in"}
    assert (tokens["token_type"], tokens["expires_in"]) == ("bearer", 300)


async def test_tokens_are_not_to_be_stored_by_caches(alice: SignedIn) -> None:
    form = {"grant_type": "password", "username": "alice@example.com", "password": PASSWORD}
    answer = await alice.post("/api/auth/token", data=form)
    assert answer.headers["Cache-Control"] == "no-store"


async def test_without_a_name_one_is_called_by_the_address(alice: SignedIn) -> None:
    assert (await alice.get("/api/auth/me")).json()["name"] == "alice"


async def test_a_taken_address_is_a_conflict_whatever_its_case(alice: SignedIn) -> None:
    body = {"email": "ALICE@Example.com", "password": PASSWORD}
    answer = await alice.post("/api/auth/register", json=body)
    assert answer.status_code == 409
    assert answer.headers["Content-Type"] == "application/problem+json"


async def test_an_address_that_is_taken_while_hashing_is_a_conflict(
    app: Runcast, client: httpx2.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    registrar = app.state.runtime.registrar
    hash_password = registrar.passwords.hash

    async def overtaken(password: str, client: Client) -> str:
        monkeypatch.setattr(registrar.passwords, "hash", hash_password)
        async with UnitOfWork(app.state.runtime.database) as uow:
            newcomer = users.Newcomer(email=ADA["email"], password=PASSWORD)
            await users.add(uow, registrar, newcomer, is_admin=False)
        return str(await hash_password(password, client))

    monkeypatch.setattr(registrar.passwords, "hash", overtaken)
    assert (await client.post("/api/auth/register", json=ADA)).status_code == 409


async def test_one_signs_in_whatever_the_case_of_the_address(alice: SignedIn) -> None:
    assert await password_grant(alice, "aLiCe@EXAMPLE.com")


@pytest.mark.parametrize(
    "body",
    [
        {"email": "no address", "password": PASSWORD},
        {"email": "local", "password": PASSWORD},
        {"email": "a@b.example", "password": "short"},
        {"email": "a@b.example", "password": "x" * 1025},
        {"email": "a@b.example"},
        {"email": "a@b.example", "password": PASSWORD, "is_admin": True},
        {"email": "a@b.example", "password": PASSWORD, "name": ""},
        {"email": "a@b.example", "password": 12345678},
        [],
    ],
)
async def test_a_registration_that_is_not_acceptable_is_422(
    client: httpx2.AsyncClient, body: object
) -> None:
    answer = await client.post("/api/auth/register", json=body)
    assert answer.status_code == 422
    assert answer.headers["Content-Type"] == "application/problem+json"


async def test_a_refused_password_is_not_echoed(client: httpx2.AsyncClient) -> None:
    body = {"email": "a@b.example", "password": "hunter2"}
    assert "hunter2" not in (await client.post("/api/auth/register", json=body)).text


async def test_a_nul_in_a_password_is_refused(client: httpx2.AsyncClient) -> None:
    body = b'{"email": "a@b.example", "password": "12345678\\u0000"}'
    headers = {"Content-Type": "application/json"}
    answer = await client.post("/api/auth/register", content=body, headers=headers)
    assert answer.status_code == 422


@pytest.mark.parametrize(
    "username", ["alice@example.com", "nobody@example.com", "no address", "local", "a\0b@c.de"]
)
async def test_a_wrong_password_and_an_unknown_address_get_the_same_answer(
    alice: SignedIn, username: str
) -> None:
    form = {"grant_type": "password", "username": username, "password": "wrong password"}
    answer = await alice.post("/api/auth/token", data=form)
    assert answer.status_code == 400
    assert answer.json() == {
        "type": "about:blank",
        "title": "Invalid grant",
        "status": 400,
        "detail": "Wrong address or password.",
        "code": "invalid_grant",
        "error": "invalid_grant",
        "error_description": "Wrong address or password.",
    }
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("username", ["alice@example.com", "nobody@example.com", "no address"])
async def test_every_sign_in_verifies_one_hash(
    alice: SignedIn, monkeypatch: pytest.MonkeyPatch, username: str
) -> None:
    verified: list[argon2.Parameters] = []
    verify = argon2.PasswordHasher.verify

    def counting(hasher: argon2.PasswordHasher, stored: str, password: bytes) -> bool:
        verified.append(argon2.extract_parameters(stored))
        return verify(hasher, stored, password)

    monkeypatch.setattr(argon2.PasswordHasher, "verify", counting)
    form = {"grant_type": "password", "username": username, "password": "wrong password"}
    await alice.post("/api/auth/token", data=form)
    assert [(p.memory_cost, p.time_cost, p.parallelism) for p in verified] == [(64, 1, 1)]


@pytest.mark.parametrize(
    ("form", "error"),
    [
        ({}, "invalid_request"),
        ({"grant_type": ""}, "invalid_request"),
        ({"grant_type": "password"}, "invalid_request"),
        ({"grant_type": "password", "username": "a@b.example"}, "invalid_request"),
        ({"grant_type": "refresh_token"}, "invalid_request"),
        ({"grant_type": "client_credentials"}, "unsupported_grant_type"),
        ({"grant_type": "refresh_token", "refresh_token": "rcr_no"}, "invalid_grant"),
    ],
)
async def test_the_token_endpoint_refuses_in_the_words_of_the_standard(
    client: httpx2.AsyncClient, form: dict[str, str], error: str
) -> None:
    answer = await client.post("/api/auth/token", data=form)
    assert (answer.status_code, answer.json()["error"]) == (400, error)
    assert answer.json()["error_description"].isascii()


async def test_json_at_the_token_endpoint_is_told_what_is_wanted(
    client: httpx2.AsyncClient,
) -> None:
    answer = await client.post("/api/auth/token", json={"grant_type": "password"})
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")
    assert "application/x-www-form-urlencoded" in answer.json()["error_description"]
    empty = await client.post("/api/auth/token")
    assert "Content-Type" not in empty.json()["error_description"]


async def test_what_the_token_endpoint_does_not_know_it_ignores(alice: SignedIn) -> None:
    form = {"grant_type": "password", "username": "alice@example.com", "password": PASSWORD}
    more = {"scope": "everything", "client_id": "docs", "client_secret": ""}
    assert (await alice.post("/api/auth/token", data={**form, **more})).status_code == 200


async def test_a_bad_credential_does_not_stop_one_from_signing_in(alice: SignedIn) -> None:
    alice.headers["Authorization"] = "Bearer stale"
    assert await password_grant(alice, "alice@example.com")


async def test_a_hash_with_older_parameters_is_renewed_at_the_next_sign_in(
    app: Runcast, alice: SignedIn
) -> None:
    older = argon2.PasswordHasher(time_cost=2, memory_cost=64, parallelism=1).hash(PASSWORD)
    async with UnitOfWork(app.state.runtime.database) as uow:
        await uow.session.execute(text("UPDATE users SET password_hash = :h"), {"h": older})
    await password_grant(alice, "alice@example.com")
    async with UnitOfWork(app.state.runtime.database) as uow:
        query = text("SELECT password_hash FROM users WHERE email_key = 'alice@example.com'")
        stored = await uow.session.scalar(query)
    assert argon2.extract_parameters(str(stored)).time_cost == 1
    assert await password_grant(alice, "alice@example.com")


async def test_a_disabled_account_does_not_sign_in(app: Runcast, alice: SignedIn) -> None:
    async with UnitOfWork(app.state.runtime.database) as uow:
        await uow.session.execute(text("UPDATE users SET disabled_at = '2026-01-01 00:00:00'"))
    form = {"grant_type": "refresh_token", "refresh_token": alice.tokens["refresh_token"]}
    assert (await alice.post("/api/auth/token", data=form)).status_code == 400
    # Why is told to who has the password, and to nobody else.
    for password, told in ((PASSWORD, "This account is disabled."), ("another", "Wrong address")):
        form = {"grant_type": "password", "username": "alice@example.com", "password": password}
        refusal = (await alice.post("/api/auth/token", data=form)).json()
        assert refusal["code"] == "invalid_grant"
        assert refusal["detail"].startswith(told)


async def test_an_account_disabled_while_its_password_is_verified_does_not_sign_in(
    app: Runcast, alice: SignedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    passwords = app.state.runtime.registrar.passwords
    verify = passwords.verify

    async def overtaken(password: str, stored: str | None, client: Client) -> bool:
        async with UnitOfWork(app.state.runtime.database) as uow:
            await uow.session.execute(text("UPDATE users SET disabled_at = '2026-01-01 00:00:00'"))
        return bool(await verify(password, stored, client))

    monkeypatch.setattr(passwords, "verify", overtaken)
    form = {"grant_type": "password", "username": "alice@example.com", "password": PASSWORD}
    assert (await alice.post("/api/auth/token", data=form)).status_code == 400


async def test_the_setup_token_makes_one_administrator(
    app: Runcast, client: httpx2.AsyncClient
) -> None:
    token = await offer(app)
    first = await client.post("/api/auth/register", json={**ADA, "setup_token": token})
    assert (first.status_code, first.json()["is_admin"]) == (201, True)
    body = {"email": "eve@example.com", "password": PASSWORD, "setup_token": token}
    assert (await client.post("/api/auth/register", json=body)).status_code == 403
    assert await offer(app) is None


async def test_a_stranger_is_told_what_a_sign_in_can_offer(
    app: Runcast, client: httpx2.AsyncClient, clock: FakeClock
) -> None:
    token = await offer(app)
    options = {"registration": "open", "sends_letters": False}
    answer = await client.get("/api/auth/options")
    assert answer.json() == {**options, "awaits_administrator": True}
    made = await client.post("/api/auth/register", json={**ADA, "setup_token": token})
    assert made.status_code == 201
    clock.advance(1)
    answer = await client.get("/api/auth/options")
    assert answer.json() == {**options, "awaits_administrator": False}


async def test_a_conflict_does_not_spend_the_setup_token(app: Runcast, alice: SignedIn) -> None:
    token = await offer(app)
    body = {"email": "alice@example.com", "password": PASSWORD, "setup_token": token}
    assert (await alice.post("/api/auth/register", json=body)).status_code == 409
    body["email"] = "ada@example.com"
    assert (await alice.post("/api/auth/register", json=body)).status_code == 201


async def test_a_new_offer_ends_the_one_before(app: Runcast, client: httpx2.AsyncClient) -> None:
    earlier, later = await offer(app), await offer(app)
    answer = await client.post("/api/auth/register", json={**ADA, "setup_token": earlier})
    assert answer.status_code == 403
    answer = await client.post("/api/auth/register", json={**ADA, "setup_token": later})
    assert answer.status_code == 201


async def test_the_setup_token_is_kept_only_as_a_hash(app: Runcast) -> None:
    token = await offer(app)
    assert token is not None
    async with UnitOfWork(app.state.runtime.database) as uow:
        stored = await uow.session.scalar(text("SELECT hash FROM setup_tokens"))
    assert token.encode() not in bytes(stored or b"")
    assert len(bytes(stored or b"")) == 32


async def test_an_administrator_made_by_the_operator_ends_the_offer(
    app: Runcast, client: httpx2.AsyncClient
) -> None:
    token = await offer(app)
    async with UnitOfWork(app.state.runtime.database) as uow:
        newcomer = users.Newcomer(email="root@example.com", password=PASSWORD)
        await users.add(uow, app.state.runtime.registrar, newcomer, is_admin=True)
    answer = await client.post("/api/auth/register", json={**ADA, "setup_token": token})
    assert answer.status_code == 403


async def test_where_registration_is_closed_only_the_setup_token_opens_it(
    database_url: str, clock: FakeClock
) -> None:
    app = Runcast(
        database_url=database_url,
        secret_key=SECRET,
        clock=clock,
        registration="closed",
        password_memory_kib=64,
        password_passes=1,
    )
    async with (
        app.router.lifespan_context(app),
        httpx2.AsyncClient(
            transport=httpx2.ASGITransport(app), base_url="http://testserver"
        ) as client,
    ):
        assert (await client.post("/api/auth/register", json=ADA)).status_code == 403
        wrong = {**ADA, "setup_token": "rcs_wrong"}
        assert (await client.post("/api/auth/register", json=wrong)).status_code == 403
        good = {**ADA, "setup_token": await offer(app)}
        assert (await client.post("/api/auth/register", json=good)).status_code == 201


async def test_one_changes_ones_name(alice: SignedIn) -> None:
    changed = await alice.patch("/api/auth/me", json={"name": "Alice L."})
    assert (changed.status_code, changed.json()["name"]) == (200, "Alice L.")
    assert (await alice.get("/api/auth/me")).json() == changed.json()


async def test_a_new_password_works_and_the_old_one_does_not(alice: SignedIn) -> None:
    body = {"password": "another password", "current_password": PASSWORD}
    assert (await alice.patch("/api/auth/me", json=body)).status_code == 200
    form = {"grant_type": "password", "username": "alice@example.com"}
    old = await alice.post("/api/auth/token", data={**form, "password": PASSWORD})
    new = await alice.post("/api/auth/token", data={**form, "password": "another password"})
    assert (old.status_code, new.status_code) == (400, 200)


async def test_a_new_password_ends_every_other_session(alice: SignedIn) -> None:
    elsewhere = await password_grant(alice, "alice@example.com")
    body = {"password": "another password", "current_password": PASSWORD}
    await alice.patch("/api/auth/me", json=body)
    assert (await alice.get("/api/auth/me")).status_code == 200
    bearer = {"Authorization": f"Bearer {elsewhere['access_token']}"}
    assert (await alice.get("/api/auth/me", headers=bearer)).status_code == 401


@pytest.mark.parametrize(
    "body",
    [
        {"password": "another password", "current_password": "wrong password"},
        {"password": "another password"},
        {"current_password": PASSWORD},
        {"password": "short", "current_password": PASSWORD},
        {"password": "password1", "current_password": PASSWORD},
        {"password": "alice in chains", "current_password": PASSWORD},
        {"email": "new@example.com"},
        {"is_admin": True},
    ],
)
async def test_a_change_that_is_not_acceptable_changes_nothing(
    alice: SignedIn, body: dict[str, object]
) -> None:
    assert (await alice.patch("/api/auth/me", json=body)).status_code == 422
    assert (await alice.get("/api/auth/me")).json() == alice.user
    assert await password_grant(alice, "alice@example.com")


ENDPOINTS = [
    ("GET", "/api/auth/me"),
    ("PATCH", "/api/auth/me"),
    ("POST", "/api/auth/logout"),
    ("GET", "/api/auth/sessions"),
    ("DELETE", "/api/auth/sessions/01941f29-7c00-7000-8000-000000000000"),
]


@pytest.mark.parametrize(("method", "path"), ENDPOINTS)
async def test_no_credential_is_401_with_a_challenge(
    client: httpx2.AsyncClient, method: str, path: str
) -> None:
    answer = await client.request(method, path)
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert answer.headers["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize(("method", "path"), ENDPOINTS)
@pytest.mark.parametrize("credential", ["Bearer x", "Bearer a.b.c", "Bearer ", "Bearer \u00e9"])
async def test_a_bad_credential_is_401_and_named_so(
    client: httpx2.AsyncClient, method: str, path: str, credential: str
) -> None:
    headers = {"Authorization": credential.encode("latin-1")}
    answer = await client.request(method, path, headers=headers)  # type: ignore[arg-type]
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == 'Bearer error="invalid_token"'


async def test_a_token_is_refused_once_it_has_expired(alice: SignedIn, clock: FakeClock) -> None:
    clock.advance(299)
    assert (await alice.get("/api/auth/me")).status_code == 200
    clock.advance(1)
    assert (await alice.get("/api/auth/me")).status_code == 401


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_the_local_credential_signs_in_without_rights(
    app: Runcast, client: httpx2.AsyncClient
) -> None:
    access = app.state.runtime.local_access
    client.headers["Authorization"] = f"Bearer {access.token}"
    me = (await client.get("/api/auth/me")).json()
    assert (me["email"], me["is_admin"]) == ("local", False)
    assert (await client.get("/api/auth/sessions")).json() == {"items": [], "next_cursor": None}
    assert (await client.post("/api/auth/logout")).status_code == 409
    body = {"password": "another password", "current_password": "wrong password"}
    assert (await client.patch("/api/auth/me", json=body)).status_code == 422


async def test_authorize_in_the_docs_finds_the_token_endpoint(app: Runcast) -> None:
    schemes = app.openapi()["components"]["securitySchemes"]
    assert schemes == {
        "OAuth2PasswordBearer": {
            "type": "oauth2",
            "flows": {
                "password": {
                    "scopes": DESCRIPTIONS,
                    "tokenUrl": "/api/auth/token",
                    "refreshUrl": "/api/auth/token",
                }
            },
        }
    }
