"""Signing in with a provider, from the first page to the last."""

import base64
import hashlib
from collections.abc import AsyncIterator
from datetime import timedelta
from urllib.parse import parse_qs, parse_qsl, urlsplit

import httpx2
import pytest

from runcast.application import Runcast
from runcast.database import UnitOfWork
from runcast.models import Session, User
from runcast.runtime import Runtime
from runcast.services.audit import Action
from runcast.services.providers import finished_sign_ins
from tests.tools.audited import entries
from tests.tools.clock import FakeClock
from tests.tools.federated import CALLBACK, HERE, Browser, federated
from tests.tools.identity_providers import Provider, providing

VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
CHALLENGE = (
    base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()
)
ELSEWHERE = "https://app.example/signed-in?a=b"
PROGRAM = "http://127.0.0.1:4711/back"


@pytest.fixture
async def acme(clock: FakeClock) -> AsyncIterator[Provider]:
    """Yield an honest provider."""
    async with providing(clock) as provider:
        yield provider


@pytest.fixture
async def app(database_url: str, clock: FakeClock, acme: Provider) -> AsyncIterator[Runcast]:
    """Yield an application that knows acme, and trusts a page elsewhere."""
    origins = ["https://app.example", "*"]
    async with federated(database_url, clock, acme.settings(), allowed_origins=origins) as app:
        yield app


@pytest.fixture
async def browser(app: Runcast) -> AsyncIterator[Browser]:
    """Yield a browser of nobody's yet."""
    async with Browser(app) as browser:
        yield browser


async def exchange(client: httpx2.AsyncClient, code: str, verifier: str) -> httpx2.Response:
    """Return the token endpoint's answer to a code."""
    form = {"grant_type": "authorization_code", "code": code, "code_verifier": verifier}
    return await client.post("/api/auth/token", data=form)


async def test_providers_are_listed_by_their_names(browser: Browser) -> None:
    answer = await browser.get("/api/auth/oauth")
    assert answer.json() == {"items": [{"name": "acme", "title": "Acme"}], "next_cursor": None}


async def test_a_newcomer_gets_an_account_and_a_session(
    browser: Browser, acme: Provider, runtime: Runtime
) -> None:
    answer = await browser.sign_in(acme, return_to="/board?tab=1")
    assert (answer.status_code, answer.headers["location"]) == (303, "/board?tab=1")
    assert (answer.headers["cache-control"], answer.headers["referrer-policy"]) == (
        "no-store",
        "no-referrer",
    )
    me = await browser.me()
    assert (me["email"], me["name"], me["is_admin"]) == ("ada@example.com", "Ada Lovelace", False)
    async with UnitOfWork(runtime.database) as uow:
        user = (
            await uow.session.scalars(
                User.__table__.select().with_only_columns(User.id).where(User.email == me["email"])
            )
        ).one()
        row = await uow.session.get_one(User, user)
        session = (
            await uow.session.scalars(
                Session.__table__.select()
                .with_only_columns(Session.methods)
                .where(Session.user_id == user)
            )
        ).one()
    assert (row.email_verified_at, row.password_hash) == (runtime.clock.now(), None)
    assert session == "fed"
    (registered,) = await entries(runtime, Action.REGISTERED)
    assert registered.details["provider"] == "acme"


async def test_whoever_was_here_before_is_the_same_whatever_their_address_is_now(
    browser: Browser, app: Runcast, acme: Provider
) -> None:
    await browser.sign_in(acme)
    first = await browser.me()
    acme.claims = {"email": "other@example.com", "email_verified": False}
    async with Browser(app) as another:
        await another.sign_in(acme)
        assert (await another.me())["id"] == first["id"]


async def test_what_the_browser_takes_along(browser: Browser) -> None:
    answer = await browser.get("/api/auth/oauth/acme")
    cookie = answer.headers["set-cookie"]
    for part in ("HttpOnly", "SameSite=lax", f"Path={CALLBACK}", "Max-Age=600"):
        assert part in cookie
    query = parse_qs(urlsplit(answer.headers["location"]).query)
    assert query["redirect_uri"] == [HERE + CALLBACK]
    assert query["code_challenge_method"] == ["S256"]
    for name in ("state", "nonce"):
        assert len(query[name][0]) == 43
        assert query[name][0] not in cookie


async def test_the_cookie_is_gone_afterwards(browser: Browser, acme: Provider) -> None:
    answer = await browser.sign_in(acme)
    gone = [one for one in answer.headers.get_list("set-cookie") if "journey" in one]
    assert len(gone) == 1
    assert "Max-Age=0" in gone[0]


async def test_over_https_the_cookie_is_the_hosts_own(
    database_url: str, clock: FakeClock, acme: Provider
) -> None:
    options = {"public_url": "https://runs.example"}
    async with (
        federated(database_url, clock, acme.settings(), **options) as app,
        Browser(app, "https://runs.example") as browser,
    ):
        answer = await browser.get("/api/auth/oauth/acme")
        cookie = answer.headers["set-cookie"]
        assert cookie.startswith("__Host-runcast_journey_acme=")
        assert "; Secure" in cookie
        assert "; Path=/;" in cookie
        back = acme.consent(answer.headers["location"])
        assert back.startswith("https://runs.example" + CALLBACK)
        assert (await browser.get(back)).headers["location"] == "/"


async def test_a_page_elsewhere_gets_a_code_that_only_it_can_use(
    browser: Browser, acme: Provider
) -> None:
    answer = await browser.sign_in(acme, return_to=ELSEWHERE, code_challenge=CHALLENGE)
    url, _, fragment = answer.headers["location"].partition("#")
    assert url == ELSEWHERE
    assert "runcast_refresh" not in browser.cookies
    code = dict(parse_qsl(fragment))["code"]
    async with Browser(browser.app) as page:
        signed_in = await exchange(page, code, VERIFIER)
        assert signed_in.json().keys() >= {"access_token", "refresh_token"}
        assert (await exchange(page, code, VERIFIER)).json()["error"] == "invalid_grant"


async def test_a_program_gets_it_where_it_listens_and_the_person_is_asked(
    browser: Browser, acme: Provider
) -> None:
    leaves = await browser.leave(return_to=PROGRAM, code_challenge=CHALLENGE)
    assert parse_qs(urlsplit(leaves).query)["prompt"] == ["consent"]
    answer = await browser.get(acme.consent(leaves))
    url, _, query = answer.headers["location"].partition("?")
    assert url == PROGRAM
    assert (await exchange(browser, dict(parse_qsl(query))["code"], VERIFIER)).status_code == 200


async def test_a_wrong_verifier_uses_the_code_up(browser: Browser, acme: Provider) -> None:
    answer = await browser.sign_in(acme, code_challenge=CHALLENGE)
    code = dict(parse_qsl(answer.headers["location"].partition("#")[2]))["code"]
    for verifier in ("x" * 43, VERIFIER):
        assert (await exchange(browser, code, verifier)).json()["error"] == "invalid_grant"


async def test_a_code_is_good_for_a_minute(
    browser: Browser, acme: Provider, clock: FakeClock
) -> None:
    answer = await browser.sign_in(acme, code_challenge=CHALLENGE)
    code = dict(parse_qsl(answer.headers["location"].partition("#")[2]))["code"]
    clock.advance(finished_sign_ins.LIFETIME.total_seconds())
    assert (await exchange(browser, code, VERIFIER)).json()["error"] == "invalid_grant"


async def test_half_a_code_grant_is_refused(browser: Browser) -> None:
    for form in ({"code": "x"}, {"code_verifier": VERIFIER}):
        answer = await browser.post(
            "/api/auth/token", data={"grant_type": "authorization_code", **form}
        )
        assert answer.json()["error"] == "invalid_request"


async def test_whoever_is_no_page_here_sends_a_challenge(browser: Browser) -> None:
    for url in (ELSEWHERE, PROGRAM):
        answer = await browser.get("/api/auth/oauth/acme", params={"return_to": url})
        assert (answer.status_code, answer.json()["code"]) == (400, "bad_request")
    for query in ({"code_challenge": "short"}, {"code_challenge_method": "plain"}):
        answer = await browser.get("/api/auth/oauth/acme", params=query)
        assert answer.status_code == 422


async def test_an_unknown_provider_is_404(browser: Browser) -> None:
    for path in ("/api/auth/oauth/evil", "/api/auth/oauth/evil/callback"):
        assert (await browser.get(path)).status_code == 404


async def test_a_browser_may_take_ten_minutes_and_no_longer(
    browser: Browser, acme: Provider, clock: FakeClock
) -> None:
    for seconds, status in ((599, 303), (600, 400)):
        back = acme.consent(await browser.leave())
        clock.advance(timedelta(seconds=seconds).total_seconds())
        answer = await browser.get(back)
        assert answer.status_code == status
    assert answer.json()["code"] == "sign_in_refused"


async def test_without_a_public_url_it_works_on_this_machine_alone(
    database_url: str, clock: FakeClock, acme: Provider
) -> None:
    async with federated(database_url, clock, acme.settings(), public_url=None) as app:
        for host in ("http://127.0.0.1:8000", "http://localhost:8000"):
            async with Browser(app, host) as browser:
                leaves = await browser.leave()
                (uri,) = parse_qs(urlsplit(leaves).query)["redirect_uri"]
                assert uri == host + CALLBACK
        async with Browser(app) as browser:
            answer = await browser.get("/api/auth/oauth/acme")
            assert (answer.status_code, answer.json()["code"]) == (409, "conflict")
            assert "RUNCAST_PUBLIC_URL" in answer.json()["detail"]


async def test_refused_callbacks_are_bounded_and_leave_no_more_rows(
    database_url: str, clock: FakeClock, acme: Provider
) -> None:
    limits = "sign-in-address=3/minute"
    async with (
        federated(database_url, clock, acme.settings(), rate_limits=limits) as app,
        Browser(app) as browser,
    ):
        for _ in range(5):
            (state,) = parse_qs(urlsplit(await browser.leave()).query)["state"]
            query = {"state": state, "error": "access_denied"}
            answer = await browser.get(CALLBACK, params=query)
        assert answer.status_code == 429
        assert answer.json()["code"] == "too_many"
        assert len(await entries(app.state.runtime, Action.SIGN_IN_FAILED)) == 3
        clock.advance(60)
        # The journey has not ended by that.
        assert (await browser.get(CALLBACK, params=query)).status_code == 303
        assert len(await entries(app.state.runtime, Action.SIGN_IN_FAILED)) == 4


async def test_callbacks_that_sign_somebody_in_are_no_failures(
    database_url: str, clock: FakeClock, acme: Provider
) -> None:
    limits = "sign-in-address=1/minute, attempts=4/minute"
    async with (
        federated(database_url, clock, acme.settings(), rate_limits=limits) as app,
        Browser(app) as browser,
    ):
        codes = [(await browser.sign_in(acme)).status_code for _ in range(5)]
    assert codes == [303] * 4 + [429]
