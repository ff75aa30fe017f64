"""The console in a real browser: it loads, keeps to its policy, and leaves unknown paths to the API."""

import pytest
from playwright.async_api import Page

from tests.tools.page_watch import PageWatch
from tests.tools.serving import Serving

NOTING = """() => document.addEventListener("securitypolicyviolation", (event) => {
    globalThis.refused = event.effectiveDirective;
})"""


async def test_the_page_loads_and_draws_itself(page: Page, served: Serving) -> None:
    answer = await page.goto(served.url)
    assert answer is not None
    assert answer.status == 200
    await page.locator("#root > *").first.wait_for(state="attached")
    assert "Runcast" in await page.title()


async def test_a_page_of_the_console_loads_at_its_own_address(page: Page, served: Serving) -> None:
    answer = await page.goto(f"{served.url}/executions")
    assert answer is not None
    assert answer.headers["cache-control"] == "no-cache"
    await page.locator("#root > *").first.wait_for(state="attached")


@pytest.mark.parametrize("path", ["/api/nothing", "/assets/nothing.js", "/nothing.png"])
async def test_what_is_no_page_is_not_there(page: Page, served: Serving, path: str) -> None:
    answer = await page.request.get(served.url + path, headers={"Accept": "text/html"})
    assert (answer.status, (await answer.json())["code"]) == (404, "not_found")


async def test_scripts_come_compressed_and_are_kept(page: Page, served: Serving) -> None:
    async with page.expect_response("**/assets/*.js") as waiting:
        await page.goto(served.url)
    headers = await (await waiting.value).all_headers()
    assert headers["content-encoding"] in {"br", "gzip"}
    assert "immutable" in headers["cache-control"]


async def test_the_policy_lets_the_page_open_sockets_of_its_own_server(
    page: Page, served: Serving
) -> None:
    await page.goto(served.url)
    nobody = "00000000-0000-7000-8000-000000000000"
    code = await page.evaluate(
        """(url) => new Promise((resolve) => {
            const socket = new WebSocket(url);
            socket.onopen = () => socket.send("{}");
            socket.onclose = (event) => resolve(event.code);
        })""",
        f"{served.url.replace('http', 'ws')}/ws/{nobody}",
    )
    assert code // 100 in {44, 45}


@pytest.mark.parametrize(
    ("name", "what"),
    [
        ("script-src", "document.head.append(Object.assign(document.createElement('script'), {text: '0'}))"),
        ("style-src", "document.head.append(Object.assign(document.createElement('style'), {textContent: 'p {}'}))"),
        ("connect-src", "fetch('https://example.com/').catch(() => null)"),
        ("img-src", "document.body.append(Object.assign(new Image(), {src: 'https://example.com/x.png'}))"),
    ],
)  # fmt: skip
async def test_the_policy_refuses_what_is_not_the_pages_own(
    page: Page, served: Serving, watch: PageWatch, name: str, what: str
) -> None:
    await page.goto(served.url)
    await page.evaluate(NOTING)
    await page.evaluate(f"() => void {what}")
    refused = await page.wait_for_function("() => globalThis.refused")
    assert (await refused.json_value()).startswith(name)
    # The browser tells of it in its console too, and a test that did not expect it would have failed.
    assert any("Content Security Policy" in fault for fault in watch.faults)
    watch.allow("Content Security Policy|example.com")


async def test_a_page_that_fails_fails_its_test(
    page: Page, served: Serving, watch: PageWatch
) -> None:
    await page.goto(served.url)
    async with page.context.expect_event("weberror"):
        await page.evaluate("() => void setTimeout(() => { throw new Error('it broke'); })")
    with pytest.raises(AssertionError, match="it broke"):
        watch.check()
    watch.allow("it broke")


async def test_requests_of_the_page_say_truly_where_it_is_from(page: Page, served: Serving) -> None:
    await page.goto(served.url)
    # The server refuses a session by cookie to whatever is not a page of its own.
    statuses = await page.evaluate(
        """async () => {
            const person = {email: "ada@example.com", password: "correct horse battery"};
            const json = {"Content-Type": "application/json"};
            const made = await fetch("/api/auth/register", {
                method: "POST", headers: json, body: JSON.stringify(person),
            });
            const form = {grant_type: "password", username: person.email, cookie: "true", ...person};
            const began = await fetch("/api/auth/token", {
                method: "POST", body: new URLSearchParams(form),
            });
            return [made.status, began.status];
        }"""
    )
    assert statuses == [201, 200]
    kept = {each["name"]: each["sameSite"] for each in await page.context.cookies()}
    assert kept == {"runcast_refresh": "Strict", "runcast_signed_in": "Strict"}
