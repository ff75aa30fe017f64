"""Attacks on signing in with providers: each ends in a clear refusal, and nobody is signed in."""

import asyncio
import base64
import hashlib
import hmac
import json
import logging
from collections.abc import AsyncIterator, Callable
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import httpx2
import pytest
from cryptography.hazmat.primitives import serialization

from runcast.application import Runcast
from runcast.runtime import Runtime
from runcast.services.audit import Action
from runcast.services.providers.openid import METADATA_SECONDS
from tests.tools.audited import entries
from tests.tools.clock import FakeClock
from tests.tools.federated import CALLBACK, HERE, Browser, federated
from tests.tools.identity_providers import (
    CODE,
    DROP,
    SECRET,
    SUBJECT,
    Provider,
    encoded,
    providing,
    reply,
)
from tests.tools.people import SignedIn

METADATA_SERVICE = "http://169.254.169.254/latest/meta-data/"
Sign = Callable[[Provider, dict[str, Any]], str]


@pytest.fixture
async def acme(clock: FakeClock) -> AsyncIterator[Provider]:
    """Yield the provider that will misbehave."""
    async with providing(clock) as provider:
        yield provider


@pytest.fixture
async def evil(clock: FakeClock) -> AsyncIterator[Provider]:
    """Yield a second provider of the same application, run by an attacker."""
    async with providing(clock) as provider:
        yield provider


@pytest.fixture
async def app(
    database_url: str, clock: FakeClock, acme: Provider, evil: Provider
) -> AsyncIterator[Runcast]:
    """Yield an application that knows both."""
    both = (acme.settings(), evil.settings("evil"))
    async with federated(
        database_url, clock, *both, allowed_origins=["https://app.example"]
    ) as app:
        yield app


@pytest.fixture
async def browser(app: Runcast) -> AsyncIterator[Browser]:
    """Yield the victim's browser."""
    async with Browser(app) as browser:
        yield browser


async def check_nobody(browser: Browser, runtime: Runtime) -> None:
    """Check that nobody was signed in by it, and no account was made."""
    assert "runcast_refresh" not in browser.cookies
    assert await entries(runtime, Action.SIGNED_IN) == []
    assert await entries(runtime, Action.REGISTERED) == []


async def check_sent_back(
    answer: httpx2.Response, browser: Browser, runtime: Runtime, code: str = "sign_in_refused"
) -> None:
    """Check that the page which began it is told why, and that nobody is signed in."""
    assert (answer.status_code, answer.headers["location"]) == (303, f"/#error={code}")
    await check_nobody(browser, runtime)
    assert (await entries(runtime, Action.SIGN_IN_FAILED))[-1].details["reason"] == code


async def check_refused(answer: httpx2.Response, browser: Browser, runtime: Runtime) -> None:
    """Check that an answer which fits no sign-in of this browser goes nowhere."""
    assert (answer.status_code, answer.json()["code"]) == (400, "sign_in_refused")
    assert answer.headers["content-type"] == "application/problem+json"
    await check_nobody(browser, runtime)


@pytest.mark.parametrize(
    "claims",
    [
        {"nonce": "another"},
        {"nonce": DROP},
        {"aud": "another"},
        {"aud": ["runcast", "another"]},
        {"aud": ["runcast", "another"], "azp": "another"},
        {"azp": "another"},
        {"iss": "https://accounts.example"},
        {"exp": 1_767_225_600 - 61},
        {"iat": 1_767_225_600 + 61},
        {"sub": DROP},
        {"sub": ""},
        {"sub": "x" * 256},
        {"sub": 248289761001},
        {"sub": "1\0"},
    ],
    ids=str,
)
async def test_an_id_token_that_says_something_else(
    browser: Browser, acme: Provider, runtime: Runtime, claims: dict[str, Any]
) -> None:
    acme.claims = claims
    await check_sent_back(await browser.sign_in(acme), browser, runtime)


def _none(provider: Provider, claims: dict[str, Any]) -> str:
    return encoded({"alg": "none", "typ": "JWT"}, claims) + "."


def _none_in_capitals(provider: Provider, claims: dict[str, Any]) -> str:
    return encoded({"alg": "nOnE", "typ": "JWT"}, claims) + "."


def _with_the_client_secret(provider: Provider, claims: dict[str, Any]) -> str:
    return _mac(SECRET.encode(), encoded({"alg": "HS256"}, claims))


def _with_the_public_key(provider: Provider, claims: dict[str, Any]) -> str:
    pem = provider.key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return _mac(pem, encoded({"alg": "HS256", "kid": provider.kid}, claims))


def _with_an_unknown_key(provider: Provider, claims: dict[str, Any]) -> str:
    return provider.signed(claims, kid="unknown")


def _with_a_key_of_its_own(provider: Provider, claims: dict[str, Any]) -> str:
    other = Provider(provider.clock)
    return other.signed(claims, jwk=other.jwk())


def _from_an_address_of_its_own(provider: Provider, claims: dict[str, Any]) -> str:
    return Provider(provider.clock).signed(claims, jku=METADATA_SERVICE)


def _tampered(provider: Provider, claims: dict[str, Any]) -> str:
    head, _, signature = provider.signed(claims).split(".")
    return f"{head}.{encoded({**claims, 'sub': 'admin'})}.{signature}"


def _nonsense(provider: Provider, claims: dict[str, Any]) -> str:
    return "a.b.c"


def _mac(key: bytes, text: str) -> str:
    digest = hmac.digest(key, text.encode(), "sha256")
    return f"{text}.{base64.urlsafe_b64encode(digest).rstrip(b'=').decode()}"


@pytest.mark.parametrize(
    "sign",
    [
        _none,
        _none_in_capitals,
        _with_the_client_secret,
        _with_the_public_key,
        _with_an_unknown_key,
        _with_a_key_of_its_own,
        _from_an_address_of_its_own,
        _tampered,
        _nonsense,
    ],
)
async def test_an_id_token_that_the_provider_did_not_sign(
    browser: Browser, acme: Provider, runtime: Runtime, sign: Sign
) -> None:
    acme.sign = lambda claims: sign(acme, claims)
    await check_sent_back(await browser.sign_in(acme), browser, runtime)


@pytest.mark.parametrize("issuer", [DROP, "https://accounts.example", ""])
async def test_an_answer_that_does_not_say_whose_it_is(
    browser: Browser, acme: Provider, runtime: Runtime, issuer: Any
) -> None:
    acme.returns = {"iss": issuer}
    await check_sent_back(await browser.sign_in(acme), browser, runtime)
    assert acme.forms == []


async def test_a_mix_up_of_providers_shows_no_code_to_the_wrong_one(
    browser: Browser, acme: Provider, evil: Provider, runtime: Runtime
) -> None:
    # The victim begins with evil's, which sends them on to acme's: acme's code comes to evil's callback.
    leaves = await browser.leave("evil")
    acme.metadata = {"authorization_response_iss_parameter_supported": True}
    back = acme.consent(leaves)
    assert urlsplit(back).path == "/api/auth/oauth/evil/callback"
    await check_sent_back(await browser.get(back), browser, runtime)
    assert evil.forms == []


async def test_the_callback_of_one_provider_takes_no_state_of_another(
    browser: Browser, acme: Provider, evil: Provider, runtime: Runtime
) -> None:
    state = dict(parse_qsl(urlsplit(await browser.leave()).query))["state"]
    query = {"code": CODE, "state": state, "iss": evil.issuer}
    await check_refused(
        await browser.get("/api/auth/oauth/evil/callback", params=query), browser, runtime
    )
    await browser.leave("evil")
    await check_refused(
        await browser.get("/api/auth/oauth/evil/callback", params=query), browser, runtime
    )
    assert acme.forms == evil.forms == []


async def test_a_code_of_the_attackers_own_is_not_taken_in_the_victims_browser(
    app: Runcast, browser: Browser, acme: Provider, runtime: Runtime
) -> None:
    async with Browser(app) as attacker:
        back = acme.consent(await attacker.leave())
    await check_refused(await browser.get(back), browser, runtime)
    await browser.leave()
    await check_refused(await browser.get(back), browser, runtime)
    assert acme.forms == []


@pytest.mark.parametrize("state", [DROP, "", "another", "é"])
async def test_no_state_or_another(
    browser: Browser, acme: Provider, runtime: Runtime, state: Any
) -> None:
    acme.returns = {"state": state}
    await check_refused(await browser.sign_in(acme), browser, runtime)
    assert acme.forms == []


async def test_a_cookie_of_another_browser_goes_with_its_own_state_alone(
    app: Runcast, browser: Browser, acme: Provider, runtime: Runtime
) -> None:
    back = acme.consent(await browser.leave())
    async with Browser(app) as other:
        await other.leave()
        (planted,) = other.cookies.values()
    answer = await browser.get(back, headers={"Cookie": f"runcast_journey_acme={planted}"})
    assert (answer.status_code, answer.json()["code"]) == (400, "sign_in_refused")


@pytest.mark.parametrize("cookie", ["", "x", "A" * 300, "%00", '"', "A" * 60_000])
async def test_a_forged_cookie(browser: Browser, runtime: Runtime, cookie: str) -> None:
    headers = {"Cookie": f"runcast_journey_acme={cookie}"}
    answer = await browser.get(CALLBACK, params={"code": CODE, "state": "x"}, headers=headers)
    await check_refused(answer, browser, runtime)


async def test_an_answer_signs_in_once_even_if_the_provider_takes_the_code_again(
    app: Runcast, browser: Browser, acme: Provider, runtime: Runtime
) -> None:
    back = acme.consent(await browser.leave())
    (sealed,) = browser.cookies.values()
    assert (await browser.get(back)).headers["location"] == "/"
    query = dict(parse_qsl(urlsplit(back).query))
    async with Browser(app) as thief:
        thief.headers["Cookie"] = f"runcast_journey_acme={sealed}"
        for code in (query["code"], "another"):
            acme._codes[code] = _asked(acme)
            again = f"{CALLBACK}?{urlencode({**query, 'code': code})}"
            answer = await thief.get(again)
            assert answer.headers["location"] == "/#error=sign_in_refused"
    assert len(await entries(runtime, Action.SIGNED_IN)) == 1


def _asked(acme: Provider) -> dict[str, str]:
    form = acme.forms[0]
    digest = hashlib.sha256(form["code_verifier"].encode()).digest()
    return {
        "code_challenge": base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
        "redirect_uri": form["redirect_uri"],
    }


async def test_a_code_that_was_used_or_has_expired(
    browser: Browser, acme: Provider, runtime: Runtime
) -> None:
    back = acme.consent(await browser.leave())
    acme._codes.clear()
    await check_sent_back(await browser.get(back), browser, runtime)


async def test_a_code_that_was_begun_elsewhere_fails_its_challenge(
    browser: Browser, acme: Provider, runtime: Runtime
) -> None:
    acme.consent(await browser.leave())
    stolen = acme._codes[CODE]
    query = dict(parse_qsl(urlsplit(await browser.leave()).query))
    acme._codes[CODE] = stolen
    answer = {"code": CODE, "state": query["state"], "iss": acme.issuer}
    await check_sent_back(await browser.get(CALLBACK, params=answer), browser, runtime)


@pytest.mark.parametrize(
    ("error", "code"),
    [
        ("access_denied", "access_denied"),
        ("server_error", "sign_in_refused"),
        ("<script>alert(1)</script>\r\nX: y", "sign_in_refused"),
        ("", "sign_in_refused"),
    ],
)
async def test_an_error_instead_of_a_code(
    browser: Browser, acme: Provider, runtime: Runtime, error: str, code: str
) -> None:
    acme.returns = {"code": DROP, "error": error, "error_description": "<b>"}
    await check_sent_back(await browser.sign_in(acme), browser, runtime, code)


@pytest.mark.parametrize("code", [DROP, "", "x" * 9000, "é"])
async def test_no_code_or_an_odd_one(
    browser: Browser, acme: Provider, runtime: Runtime, code: Any
) -> None:
    acme.returns = {"code": code}
    await check_sent_back(await browser.sign_in(acme), browser, runtime)


@pytest.mark.parametrize("name", ["state", "code", "iss"])
async def test_a_parameter_that_is_there_twice(
    browser: Browser, acme: Provider, runtime: Runtime, name: str
) -> None:
    back = acme.consent(await browser.leave())
    value = dict(parse_qsl(urlsplit(back).query))[name]
    for more in ({name: value}, {name: "another"}):
        # Others on the way may read the other one (RFC 6749, 3.1).
        answer = await browser.get(f"{back}&{urlencode(more)}")
        assert (answer.status_code, answer.json()["code"]) == (422, "invalid_request")
    await check_nobody(browser, runtime)
    assert acme.forms == []


async def test_an_address_that_is_not_verified_makes_no_account(
    browser: Browser, acme: Provider, runtime: Runtime
) -> None:
    for claims in ({"email_verified": False}, {"email_verified": DROP}, {"email": DROP}):
        acme.claims = claims
        acme.told = {"sub": SUBJECT}
        await check_sent_back(await browser.sign_in(acme), browser, runtime, "address_not_verified")


async def test_an_address_leads_into_no_account_that_was_there_before(
    browser: Browser, alice: SignedIn, acme: Provider, runtime: Runtime
) -> None:
    for verified in (True, False):
        acme.claims = {"email": "ALICE@example.com", "email_verified": verified}
        answer = await browser.sign_in(acme)
        code = "account_exists" if verified else "address_not_verified"
        assert answer.headers["location"] == f"/#error={code}"
    assert "runcast_refresh" not in browser.cookies
    assert (await alice.get("/api/auth/identities")).json()["items"] == []


async def test_where_registration_is_closed_a_provider_opens_it_not(
    database_url: str, clock: FakeClock, acme: Provider
) -> None:
    for registration in ("closed", "invite"):
        options = {"registration": registration}
        async with (
            federated(database_url, clock, acme.settings(), **options) as app,
            Browser(app) as browser,
        ):
            answer = await browser.sign_in(acme)
            assert answer.headers["location"] == "/#error=forbidden"
            await check_nobody(browser, app.state.runtime)


@pytest.mark.parametrize(
    "answer",
    [
        reply({}, 500),
        reply({}, 302, Location=METADATA_SERVICE),
        reply({}, 307, Location="http://127.0.0.1:1/"),
        reply(b"<html><body>Sign in</body></html>"),
        reply(b"x" * 2**20),
        reply(b"[" * 100_000),
        reply({"access_token": "at"}, 200, Content_Encoding="gzip"),
        b"",
    ],
    ids=["500", "302", "307", "HTML", "huge", "deep", "gzip", "nothing"],
)
@pytest.mark.parametrize("path", ["/token", "/keys", "/.well-known/openid-configuration"])
async def test_a_provider_that_answers_with_something_else(
    browser: Browser, acme: Provider, clock: FakeClock, *, path: str, answer: bytes
) -> None:
    runtime: Runtime = browser.app.state.runtime
    await browser.leave()
    clock.advance(METADATA_SECONDS - 1)
    back = acme.consent(await browser.leave())
    # What is good for the way out is too old for the way back.
    clock.advance(1)
    acme.asked.clear()
    acme.answers[path] = answer
    await check_sent_back(await browser.get(back), browser, runtime, "unavailable")
    assert acme.asked[path] == 1


async def test_a_provider_that_never_answers_holds_nobody_up(
    browser: Browser, acme: Provider, runtime: Runtime, alice: SignedIn
) -> None:
    asked = asyncio.Event()

    async def never(_: asyncio.StreamWriter) -> None:
        asked.set()
        await asyncio.get_running_loop().create_future()

    acme.answers["/token"] = never
    provider: Any = runtime.providers.get("acme")
    provider._outbound._seconds = 1.0
    waiting = asyncio.create_task(browser.sign_in(acme))
    await asked.wait()
    assert (await alice.patch("/api/auth/me", json={"name": "A"})).status_code == 200
    assert (await waiting).headers["location"] == "/#error=unavailable"
    assert "runcast_refresh" not in browser.cookies


@pytest.mark.parametrize(
    "metadata",
    [
        {"issuer": "https://accounts.example"},
        {"issuer": DROP},
        {"token_endpoint": METADATA_SERVICE},
        {"jwks_uri": METADATA_SERVICE},
        {"authorization_endpoint": "javascript:alert(1)"},
        {"token_endpoint": "file:///etc/passwd"},
        {"id_token_signing_alg_values_supported": ["none"]},
        {"id_token_signing_alg_values_supported": ["HS256"]},
    ],
    ids=str,
)
async def test_metadata_that_leads_elsewhere(
    browser: Browser, acme: Provider, runtime: Runtime, metadata: dict[str, Any]
) -> None:
    acme.metadata = metadata
    answer = await browser.get("/api/auth/oauth/acme")
    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
    assert "set-cookie" not in answer.headers
    await check_nobody(browser, runtime)


@pytest.mark.parametrize(
    "return_to",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example",
        "\\/evil.example",
        "/\t/evil.example",
        "https://app.example.evil.example/",
        "https://app.example@evil.example/",
        "javascript:alert(1)",
        "/\r\nSet-Cookie: a=b",
        "http://127.0.0.1:1@evil.example/",
        "http://localhost:4711/",
        "\x00",
        "é",
    ],
)
async def test_nobody_is_sent_anywhere_else(browser: Browser, return_to: str) -> None:
    query = {"return_to": return_to, "code_challenge": "x" * 43}
    answer = await browser.get("/api/auth/oauth/acme", params=query)
    assert (answer.status_code, answer.json()["code"]) == (400, "bad_request")
    assert "location" not in answer.headers


async def test_a_host_that_somebody_wrote_into_a_request_is_not_where_browsers_return(
    browser: Browser,
) -> None:
    answer = await browser.get("/api/auth/oauth/acme", headers={"Host": "evil.example"})
    query = dict(parse_qsl(urlsplit(answer.headers["location"]).query))
    assert query["redirect_uri"] == HERE + CALLBACK


async def test_a_link_that_the_attacker_began_is_not_finished_by_the_victim(
    browser: Browser, alice: SignedIn, acme: Provider, runtime: Runtime
) -> None:
    began = await alice.post("/api/auth/identities", json={"provider": "acme"})
    back = acme.consent(began.json()["authorization_url"])
    answer = await browser.get(back)
    assert (answer.status_code, answer.json()["code"]) == (400, "sign_in_refused")
    assert await entries(runtime, Action.IDENTITY_LINKED) == []


async def test_no_secret_of_a_sign_in_is_logged(
    browser: Browser, acme: Provider, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG, "runcast"):
        back = acme.consent(await browser.leave())
        (sealed,) = browser.cookies.values()
        await browser.get(back)
        acme.answers["/token"] = reply({"error": "invalid_client", "error_description": SECRET})
        await browser.sign_in(acme)
    state = dict(parse_qsl(urlsplit(back).query))["state"]
    verifier = acme.forms[0]["code_verifier"]
    for secret in (CODE, SECRET, state, verifier, sealed, json.dumps(SECRET)):
        assert secret not in caplog.text
