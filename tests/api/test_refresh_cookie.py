"""The refresh token as a cookie: what it is like. tests/attacks/test_csrf.py has other sites try it."""

from typing import Any

import httpx2

from runcast.routes.refresh_cookie import HINT, NAME
from tests.tools.people import PASSWORD, SignedIn

PAGE = {"Origin": "http://testserver", "Sec-Fetch-Site": "same-origin"}
SIGN_IN = {"grant_type": "password", "username": "alice@example.com", "password": PASSWORD}
ROTATE = {"grant_type": "refresh_token"}


async def ask(
    client: httpx2.AsyncClient, form: dict[str, Any], headers: dict[str, str]
) -> httpx2.Response:
    """Return the answer of the token endpoint to a page."""
    return await client.post("/api/auth/token", data={**form, "cookie": "true"}, headers=headers)


async def test_a_page_signs_in_and_stays_so_without_seeing_the_refresh_token(
    client: httpx2.AsyncClient, alice: SignedIn
) -> None:
    signed_in = await ask(client, SIGN_IN, PAGE)
    assert signed_in.json().keys() == {"access_token", "token_type", "expires_in"}
    cookie, _ = signed_in.headers.get_list("set-cookie")
    for part in ("HttpOnly", "SameSite=strict", "Path=/api/auth/token", "Max-Age=2592000"):
        assert part in cookie
    assert "Secure" not in cookie
    first = client.cookies[NAME]
    rotated = await ask(client, ROTATE, PAGE)
    assert rotated.status_code == 200
    assert client.cookies[NAME] != first
    assert "refresh_token" not in rotated.json()


async def test_beside_it_lies_one_that_scripts_read_and_that_is_no_secret(
    client: httpx2.AsyncClient, alice: SignedIn
) -> None:
    for form in (SIGN_IN, ROTATE):
        _, hint = (await ask(client, form, PAGE)).headers.get_list("set-cookie")
        parts = {"Path=/", "SameSite=strict", "Max-Age=2592000", f"{HINT}=1"}
        assert set(hint.split("; ")) == parts
    del client.cookies[NAME]
    # It stands for nothing.
    assert (await ask(client, ROTATE, PAGE)).status_code == 400
    assert (await client.get("/api/auth/me")).status_code == 401


async def test_over_https_it_is_secure(app: Any, alice: SignedIn) -> None:
    transport = httpx2.ASGITransport(app)
    async with httpx2.AsyncClient(transport=transport, base_url="https://testserver") as page:
        answer = await ask(page, SIGN_IN, {"Origin": "https://testserver"})
    cookies = answer.headers.get_list("set-cookie")
    assert ["; Secure" in cookie for cookie in cookies] == [True, True]


async def test_the_cookie_counts_only_for_who_asks_for_it(
    client: httpx2.AsyncClient, alice: SignedIn
) -> None:
    await ask(client, SIGN_IN, PAGE)
    answer = await client.post("/api/auth/token", data=ROTATE, headers=PAGE)
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")


async def test_who_has_no_cookie_is_told_so(client: httpx2.AsyncClient) -> None:
    answer = await ask(client, ROTATE, PAGE)
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")


async def test_signing_out_ends_it(client: httpx2.AsyncClient, alice: SignedIn) -> None:
    token = (await ask(client, SIGN_IN, PAGE)).json()["access_token"]
    out = await client.post("/api/auth/logout", headers={"Authorization": f"Bearer {token}"})
    assert out.status_code == 204
    assert [one.partition(";")[0] for one in out.headers.get_list("set-cookie")] == [
        f'{NAME}=""',
        f'{HINT}=""',
    ]
    assert dict(client.cookies) == {}
