"""Accounts: sign in and out, register, oneself."""

import json

import pytest

from clients.python.tests.recorded_server import RecordedServer, form_of, tokens
from runcast_client import InvalidGrant, MfaFailed, MfaRequired, StaticToken, Tokens, User
from runcast_client.accounts import MFA_GRANT

USER = {"id": "u", "email": "ada@example.com", "name": "Ada", "role": "something new"}


async def test_a_login_signs_every_later_request() -> None:
    server = RecordedServer((200, tokens(1)), (200, USER))
    async with server.client() as client:
        pair = await client.login("ada@example.com", "secret")
        assert await client.me() == User("u", "ada@example.com", "Ada")
        assert client.credential is pair
    assert form_of(server.requests[0]) == {
        "grant_type": "password",
        "username": "ada@example.com",
        "password": "secret",
    }
    assert server.tokens == [None, "Bearer a1"]


async def test_a_wrong_password_signs_nobody_in() -> None:
    server = RecordedServer((400, {"error": "invalid_grant"}))
    async with server.client() as client:
        with pytest.raises(InvalidGrant):
            await client.login("ada@example.com", "wrong")
        assert client.credential is None


async def test_a_logout_ends_the_session_here_and_there() -> None:
    kept: list[Tokens | None] = []

    async def keep(changed: Tokens | None) -> None:
        kept.append(changed)

    server = RecordedServer((200, tokens(1)), (204, None))
    async with server.client() as client:
        await client.login("ada@example.com", "secret", on_change=keep)
        await client.logout()
        assert client.credential is None
    assert server.last.url.path == "/api/auth/logout"
    assert kept == [None]


async def test_a_logout_of_a_session_that_has_ended_is_no_error() -> None:
    server = RecordedServer((401, {}))
    async with server.client(StaticToken("old")) as client:
        await client.logout()
        assert client.credential is None


async def test_a_logout_of_nobody_asks_nothing() -> None:
    server = RecordedServer()
    async with server.client() as client:
        await client.logout()
    assert server.requests == []


async def test_a_registration_sends_only_what_was_given() -> None:
    server = RecordedServer((201, USER))
    async with server.client() as client:
        user = await client.register("ada@example.com", "secret", setup_token="once")
    assert user == User("u", "ada@example.com", "Ada")
    assert json.loads(server.last.content) == {
        "email": "ada@example.com",
        "password": "secret",
        "setup_token": "once",
    }


@pytest.mark.parametrize("body", [None, {"detail": "look into your mail"}])
async def test_a_registration_that_must_be_verified_tells_no_user(body: object) -> None:
    server = RecordedServer((202, body))
    async with server.client() as client:
        assert await client.register("ada@example.com", "secret") is None


MFA = {"error": "mfa_required", "mfa_token": "rco_x", "methods": ["otp", "recovery"]}


async def test_a_second_factor_finishes_a_sign_in() -> None:
    server = RecordedServer((400, MFA), (400, {"error": "mfa_failed"}), (200, tokens(1)))
    async with server.client() as client:
        with pytest.raises(MfaRequired) as asked:
            await client.login("ada@example.com", "secret")
        assert (asked.value.mfa_token, asked.value.methods) == ("rco_x", ("otp", "recovery"))
        with pytest.raises(MfaFailed):
            await client.second_factor("rco_x", otp="123456")
        assert client.credential is None
        pair = await client.second_factor("rco_x", recovery_code="abcd")
        assert client.credential is pair
    assert [form_of(request) for request in server.requests[1:]] == [
        {"grant_type": MFA_GRANT, "mfa_token": "rco_x", "otp": "123456"},
        {"grant_type": MFA_GRANT, "mfa_token": "rco_x", "recovery_code": "abcd"},
    ]


async def test_an_answer_that_says_less_than_promised_is_read_as_it_is() -> None:
    server = RecordedServer((400, {"error": "mfa_required", "methods": "otp"}))
    async with server.client() as client:
        with pytest.raises(MfaRequired) as asked:
            await client.login("ada@example.com", "secret")
    assert (asked.value.mfa_token, asked.value.methods) == ("", ())
