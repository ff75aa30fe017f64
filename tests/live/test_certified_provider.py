"""Signing in with a certified OpenID provider, npm's oidc-provider, through its own pages."""

import asyncio
import base64
import hashlib
from collections.abc import AsyncIterator, Iterator
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from runcast.application import Runcast
from runcast.clock import SystemClock
from tests.tools.certified_provider import Certified, Person, certified
from tests.tools.federated import HERE, Browser, federated
from tests.tools.people import SignedIn, sign_in

# What form-encoding changes has to arrive all the same.
SECRET = "a secret / of 100% the client's+own, and long enough for HS256"
ALGORITHMS = ("RS256", "PS256", "ES256", "EdDSA")
VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"


def _client(name: str, **more: Any) -> dict[str, Any]:
    uri = f"{HERE}/api/auth/oauth/{name}/callback"
    return {"client_id": name, "client_secret": SECRET, "redirect_uris": [uri], **more}


CLIENTS = [
    *(_client(name.lower(), id_token_signed_response_alg=name) for name in ALGORITHMS),
    _client("posting", token_endpoint_auth_method="client_secret_post"),
    {**_client("public"), "client_secret": None, "token_endpoint_auth_method": "none"},
]


@pytest.fixture(scope="module", params=[True, False], ids=["in the ID token", "by userinfo"])
def provider(request: pytest.FixtureRequest) -> Iterator[Certified]:
    """Yield the provider, which tells addresses in its ID tokens or at its userinfo endpoint."""
    given = [{k: v for k, v in each.items() if v is not None} for each in CLIENTS]
    with certified(given, in_id_token=request.param) as running:
        yield running


@pytest.fixture
async def app(sqlite_url: str, provider: Certified) -> AsyncIterator[Runcast]:
    """Yield an application that knows it under several names."""
    known = [
        {
            "name": each["client_id"],
            "issuer": provider.issuer,
            "client_id": each["client_id"],
            "client_secret": each["client_secret"],
            "client_authentication": (
                "client_secret_post" if each["client_id"] == "posting" else None
            ),
        }
        for each in CLIENTS
    ]
    async with federated(sqlite_url, SystemClock(), *known) as app:
        yield app


@pytest.fixture
async def browser(app: Runcast) -> AsyncIterator[Browser]:
    """Yield the browser, as Runcast sees it."""
    async with Browser(app) as browser:
        yield browser


@pytest.fixture
async def person() -> AsyncIterator[Person]:
    """Yield the same browser, as the provider sees it."""
    async with Person() as person:
        yield person


@pytest.mark.parametrize("name", [*map(str.lower, ALGORITHMS), "posting", "public"])
async def test_a_person_signs_in_and_is_the_same_the_next_time(
    app: Runcast, browser: Browser, person: Person, name: str
) -> None:
    back = await person.visit(await browser.leave(name, return_to="/board"), HERE)
    answer = await browser.get(back)
    assert (answer.status_code, answer.headers["location"]) == (303, "/board")
    me = await browser.me()
    assert (me["email"], me["name"]) == ("ada@example.com", "ada of oidc-provider")
    async with Browser(app) as another:
        # The provider knows the person by now, and asks nothing.
        await another.get(await person.visit(await another.leave(name), HERE))
        assert (await another.me())["id"] == me["id"]


async def test_a_program_signs_in_and_the_provider_asks_though_it_knows_the_person(
    browser: Browser, person: Person
) -> None:
    await person.visit(await browser.leave("es256"), HERE)
    digest = hashlib.sha256(VERIFIER.encode()).digest()
    challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
    query = {"return_to": "http://127.0.0.1:4711/", "code_challenge": challenge}
    leaves = await browser.leave("es256", **query)
    assert (await person.get(leaves)).headers["location"].startswith("/interaction/")
    answer = await browser.get(await person.visit(leaves, HERE))
    code = dict(parse_qsl(urlsplit(answer.headers["location"]).query))["code"]
    form = {"grant_type": "authorization_code", "code": code, "code_verifier": VERIFIER}
    assert (await browser.post("/api/auth/token", data=form)).status_code == 200


async def test_who_is_signed_in_links_and_signs_in_so_from_then_on(
    app: Runcast, browser: Browser, person: Person
) -> None:
    async with sign_in(app, "ada@example.com") as ada:
        refused = await browser.get(await person.visit(await browser.leave("rs256"), HERE))
        assert refused.headers["location"] == "/#error=account_exists"
        linked = await _link(ada, person)
        assert linked == "/account"
        await browser.get(await person.visit(await browser.leave("rs256"), HERE))
        assert (await browser.me())["id"] == ada.user["id"]


async def _link(somebody: SignedIn, person: Person) -> str:
    asked = {"provider": "rs256", "return_to": "/account"}
    began = await somebody.post("/api/auth/identities", json=asked)
    answer = await somebody.get(await person.visit(began.json()["authorization_url"], HERE))
    location: str = answer.headers["location"]
    return location


async def test_who_says_no_is_not_signed_in(browser: Browser, person: Person) -> None:
    back = await person.visit(await browser.leave("rs256"), HERE, refuses=True)
    answer = await browser.get(back)
    assert answer.headers["location"] == "/#error=access_denied"
    assert "runcast_refresh" not in browser.cookies


async def test_an_address_that_it_does_not_vouch_for_makes_no_account(
    browser: Browser, person: Person
) -> None:
    back = await person.visit(await browser.leave("rs256"), HERE, login="unverified")
    assert (await browser.get(back)).headers["location"] == "/#error=address_not_verified"


async def test_its_code_is_good_once_and_for_its_own_sign_in(
    browser: Browser, person: Person
) -> None:
    first = await person.visit(await browser.leave("rs256"), HERE)
    stolen = dict(parse_qsl(urlsplit(first).query))["code"]
    second = dict(parse_qsl(urlsplit(await person.visit(await browser.leave("rs256"), HERE)).query))
    callback = "/api/auth/oauth/rs256/callback"
    answer = await browser.get(callback, params={**second, "code": stolen})
    assert answer.headers["location"] == "/#error=sign_in_refused"


async def test_a_wrong_client_secret_is_the_operators_business(
    sqlite_url: str, provider: Certified, person: Person, caplog: pytest.LogCaptureFixture
) -> None:
    known = {"name": "rs256", "issuer": provider.issuer, "client_id": "rs256"}
    wrong = {**known, "client_secret": "swordfish"}
    async with (
        federated(sqlite_url, SystemClock(), wrong) as app,
        Browser(app) as browser,
    ):
        back = await person.visit(await browser.leave("rs256"), HERE)
        assert (await browser.get(back)).headers["location"] == "/#error=unavailable"
    assert "invalid_client" in caplog.text
    assert "swordfish" not in caplog.text


async def test_many_sign_in_at_once(app: Runcast) -> None:
    async def one(number: int) -> str:
        async with Browser(app) as browser, Person() as person:
            back = await person.visit(await browser.leave("es256"), HERE, login=f"p{number}")
            await browser.get(back)
            email: str = (await browser.me())["email"]
            return email

    found = await asyncio.gather(*map(one, range(8)))
    assert found == [f"p{number}@example.com" for number in range(8)]
