"""Cross-site request forgery: a browser that is signed in does nothing that another site asks of it.

The one credential that a browser adds by itself is the refresh cookie, and one endpoint reads it.
"""

from collections import Counter
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import httpx2
import pytest
from sqlalchemy import func, select

from runcast.application import Runcast
from runcast.database import UnitOfWork
from runcast.models import AuditEntry, Execution, Item, Session, User
from runcast.routes.refresh_cookie import NAME
from tests.tools.people import PASSWORD, SignedIn

CHANGING = ("POST", "PUT", "PATCH", "DELETE")
# Whoever calls these needs no credential; what they take is in their bodies.
PUBLIC = {
    "/api/auth/register", "/api/auth/token", "/api/auth/verification", "/api/auth/reset",
    "/api/auth/verification/confirm", "/api/auth/reset/confirm", "/api/auth/invitations",
    "/api/auth/invitations/preview", "/api/auth/passkey-challenges",
}  # fmt: skip
SIGN_IN = {"grant_type": "password", "username": "alice@example.com", "password": PASSWORD}
ROTATE = {"grant_type": "refresh_token", "cookie": "true"}
OWN = "http://testserver"
SIMPLE = ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "")


def operations() -> Iterator[tuple[str, str]]:
    """Yield method and address of each endpoint that changes something."""
    for path, methods in Runcast().openapi()["paths"].items():
        for method in methods:
            if method.upper() in CHANGING:
                yield method.upper(), path.replace("{question}", "q1").replace("{name}", "go")


def filled(path: str) -> str:
    """Return an address with an id in each place."""
    parts = [str(uuid4()) if part.startswith("{") else part for part in path.split("/")]
    return "/".join(parts)


async def counted(app: Runcast) -> Counter[str]:
    """Return how many rows there are of what others might make."""
    counts: Counter[str] = Counter()
    async with UnitOfWork(app.state.runtime.database) as uow:
        for model in (User, Session, Item, Execution, AuditEntry):
            query = select(func.count()).select_from(model)
            counts[model.__tablename__] = await uow.session.scalar(query) or 0
    return counts


@pytest.fixture
async def browser(client: httpx2.AsyncClient, alice: SignedIn) -> httpx2.AsyncClient:
    """Return a client that holds the cookie of a person who is signed in, on every path."""
    page = {"Origin": OWN, "Sec-Fetch-Site": "same-origin"}
    form = {**SIGN_IN, "cookie": "true"}
    answer = await client.post("/api/auth/token", data=form, headers=page)
    assert answer.status_code == 200
    kept = client.cookies[NAME]
    client.cookies.clear()
    # A browser would not even send it to the others.
    client.cookies.set(NAME, kept, domain="testserver.local", path="/")
    client.cookies.set("access_token", alice.token, domain="testserver.local", path="/")
    return client


def test_the_endpoints_that_need_no_credential_are_the_known_ones() -> None:
    document = Runcast().openapi()["paths"]
    open_ones = {
        path
        for path, methods in document.items()
        for method, operation in methods.items()
        if method.upper() in CHANGING and not operation.get("security")
    }
    assert open_ones <= PUBLIC


@pytest.mark.parametrize("site", ["cross-site", "same-site", "same-origin"])
async def test_no_endpoint_takes_a_cookie_for_a_credential(
    browser: httpx2.AsyncClient, app: Runcast, site: str
) -> None:
    before = await counted(app)
    origin = OWN if site == "same-origin" else "https://evil.example"
    headers = {"Origin": origin, "Sec-Fetch-Site": site}
    taken = {}
    for method, path in operations():
        if path in PUBLIC:
            continue
        body: Any = None if method == "DELETE" else {}
        answer = await browser.request(method, filled(path), json=body, headers=headers)
        if answer.status_code != 401:
            taken[method, path] = answer.status_code
    assert taken == {}
    assert await counted(app) == before


@pytest.mark.parametrize("kind", SIMPLE, ids=lambda kind: kind.partition(";")[0] or "none")
async def test_a_form_of_another_site_does_nothing(
    browser: httpx2.AsyncClient, app: Runcast, kind: str
) -> None:
    before = await counted(app)
    headers = {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"}
    if kind:
        headers["Content-Type"] = kind
    # What `enctype=text/plain` sends for one field, chosen so that it is JSON.
    body = b'{"email":"evil@example.com","password":"correct horse battery","name":"=x"}'
    taken = {}
    for method, path in operations():
        # A challenge is for nobody yet, and is handed to whoever asks.
        if method == "POST" and path != "/api/auth/passkey-challenges":
            answer = await browser.post(filled(path), content=body, headers=headers)
            if not 400 <= answer.status_code < 500:
                taken[path] = answer.status_code
            assert "set-cookie" not in answer.headers, path
    assert taken == {}
    assert await counted(app) == before


ELSEWHERE: list[dict[str, str]] = [
    {}, {"Sec-Fetch-Site": "same-origin"}, {"Sec-Fetch-Site": "none"}, {"Referer": OWN + "/"},
    *({"Origin": origin} for origin in (
        "null", "", "https://evil.example", "http://testserver.evil.example", "http://testserver:81",
        "http://evil-testserver", "http://testserver@evil.example", "http://app.testserver",
        "http://testserver/", "HTTP://testserver", "ftp://testserver", "testserver", "*",
        "http://testserver, http://evil.example",
    )),
    *({"Origin": OWN, "Sec-Fetch-Site": site} for site in (
        "cross-site", "same-site", "none", "", "Same-Origin", "same-origin, cross-site", "x",
    )),
    {"Origin": "https://evil.example", "Sec-Fetch-Site": "same-origin"},
    {"Origin": "null", "Sec-Fetch-Site": "same-origin"},
    {"Origin": "https://evil.example", "Referer": OWN + "/", "X-Forwarded-Host": "evil.example"},
    {"Origin": "https://evil.example", "Forwarded": "host=evil.example"},
]  # fmt: skip


@pytest.mark.parametrize("form", [{**SIGN_IN, "cookie": "true"}, ROTATE], ids=["sign in", "rotate"])
async def test_no_other_site_signs_anybody_in_or_uses_the_cookie(
    browser: httpx2.AsyncClient, app: Runcast, form: dict[str, Any]
) -> None:
    kept = browser.cookies[NAME]
    before = await counted(app)
    taken = {}
    for headers in ELSEWHERE:
        answer = await browser.post("/api/auth/token", data=form, headers=headers)
        if answer.status_code != 403 or "set-cookie" in answer.headers:
            taken[str(headers)] = answer.status_code
    assert taken == {}
    assert await counted(app) == before
    assert browser.cookies[NAME] == kept
    page = {"Origin": OWN, "Sec-Fetch-Site": "same-origin"}
    assert (await browser.post("/api/auth/token", data=ROTATE, headers=page)).status_code == 200


async def test_a_page_of_plain_http_does_not_use_the_cookie_of_https(
    app: Runcast, alice: SignedIn
) -> None:
    transport = httpx2.ASGITransport(app)
    form = {**SIGN_IN, "cookie": "true"}
    async with httpx2.AsyncClient(transport=transport, base_url="https://testserver") as browser:
        for origin, status in (("http://testserver", 403), ("https://testserver", 200)):
            answer = await browser.post("/api/auth/token", data=form, headers={"Origin": origin})
            assert answer.status_code == status
        for origin, status in (("http://testserver", 403), ("https://testserver", 200)):
            answer = await browser.post("/api/auth/token", data=ROTATE, headers={"Origin": origin})
            assert answer.status_code == status


async def test_no_other_site_may_read_an_answer(
    browser: httpx2.AsyncClient, alice: SignedIn
) -> None:
    asks = {"Origin": "https://evil.example", "Access-Control-Request-Method": "POST"}
    for path in ("/api/auth/token", "/api/auth/me", "/api/items", "/.well-known/jwks.json"):
        for method in ("OPTIONS", "GET", "POST"):
            headers = {**asks, "Authorization": f"Bearer {alice.token}"}
            answer = await browser.request(method, path, headers=headers)
            allowed = [name for name in answer.headers if name.startswith("access-control-")]
            assert allowed == [], (method, path)
