"""Signing in over real tabs: the browser's locks, its channel between pages, and its cookie."""

import asyncio
import subprocess
from pathlib import Path
from typing import Any

import npm
import pytest
import pytest_asyncio
from playwright.async_api import BrowserContext, Page, Request, Route

from tests.tools.page_watch import PageWatch
from tests.tools.parts import missing
from tests.tools.people import PASSWORD
from tests.tools.serving import Serving

ROOT = Path(__file__).parents[2]
BUNDLER = ROOT / "node_modules/rolldown/bin/cli.mjs"
CREDENTIALS = {"email": "ada@example.com", "password": PASSWORD}
BEGIN = """async (account) => {
    const { createRuncast } = await import("/client.js");
    globalThis.runcast = createRuncast();
    if (account) await runcast.api.register({ body: account });
    await runcast.auth.restore();
}"""
LOG_IN = "(credentials) => runcast.auth.login(credentials)"
STATE = "() => runcast.auth.getState()"
STATUS_IS = "(status) => runcast.auth.status === status"
LIST = "() => runcast.api.listItems()"
SIGNED_OUT = {"status": "signed-out", "user": None}


@pytest.fixture(scope="session")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Return the TypeScript client as one module."""
    if not BUNDLER.exists():
        missing("node_modules: make console")
    script = tmp_path_factory.mktemp("bundle") / "client.js"
    command = [npm.command()[0], str(BUNDLER), "src/index.ts", "--format", "esm"]
    subprocess.run(
        [*command, "--file", str(script)],
        cwd=ROOT / "clients/typescript",
        check=True,
        capture_output=True,
    )
    return script.read_text()


class Browser:
    """One person's browser: its tabs, and how often they asked for tokens."""

    def __init__(self, context: BrowserContext, url: str) -> None:
        self.context = context
        self.refreshes = 0
        self._url = url
        context.on("request", self._count)

    async def open(self, account: dict[str, str] | None = None) -> Page:
        """Return a new tab that has found out who is signed in; the account is made before."""
        page = await self.context.new_page()
        await page.goto(f"{self._url}/blank.html")
        await page.evaluate(BEGIN, account)
        return page

    def _count(self, request: Request) -> None:
        asked = request.post_data or ""
        self.refreshes += request.url.endswith("/api/auth/token") and "refresh_token" in asked


@pytest_asyncio.fixture(loop_scope="session")
async def tabs(
    context: BrowserContext, watch: PageWatch, served: Serving, bundle: str
) -> tuple[Browser, Page, Page]:
    """Return a browser in which Ada has signed in, with two tabs that are nobody's console."""
    assert watch.faults == []

    async def client(route: Route) -> None:
        await route.fulfill(body=bundle, content_type="text/javascript")

    async def blank(route: Route) -> None:
        await route.fulfill(body='<link rel="icon" href="data:,">', content_type="text/html")

    await context.route("**/client.js", client)
    await context.route("**/blank.html", blank)
    browser = Browser(context, served.url)
    one = await browser.open(CREDENTIALS)
    other = await browser.open()
    await one.evaluate(LOG_IN, CREDENTIALS)
    await other.wait_for_function(STATUS_IS, arg="signed-in")
    return browser, one, other


async def _state(page: Page) -> dict[str, Any]:
    state: dict[str, Any] = await page.evaluate(STATE)
    return state


async def test_a_sign_in_is_every_tabs_and_lies_where_no_script_looks(
    tabs: tuple[Browser, Page, Page],
) -> None:
    browser, _, other = tabs
    assert (await _state(other))["user"]["email"] == "ada@example.com"
    kept = "() => [document.cookie, localStorage.length, sessionStorage.length]"
    assert await other.evaluate(kept) == ["runcast_signed_in=1", 0, 0]
    # Before, there was nobody to ask about.
    assert browser.refreshes == 0
    await other.reload()
    await other.evaluate(BEGIN)
    assert (await _state(other))["status"] == "signed-in"
    assert browser.refreshes == 1
    cookies = {each.get("name"): each for each in await browser.context.cookies()}
    assert {name: each.get("httpOnly") for name, each in cookies.items()} == {
        "runcast_refresh": True,
        "runcast_signed_in": False,
    }
    assert {each.get("sameSite") for each in cookies.values()} == {"Strict"}


async def test_tabs_that_are_refused_at_once_refresh_once(tabs: tuple[Browser, Page, Page]) -> None:
    browser, *pages = tabs
    refusals = 0

    async def refuse(route: Route) -> None:
        nonlocal refusals
        refusals += 1
        if refusals <= len(pages):
            await route.fulfill(status=401, json={"status": 401, "code": "invalid_token"})
        else:
            await route.continue_()

    await browser.context.route("**/api/items", refuse)
    before = browser.refreshes
    answers = await asyncio.gather(*(page.evaluate(LIST) for page in pages))
    assert answers == [{"items": [], "next_cursor": None}] * len(pages)
    assert (refusals, browser.refreshes - before) == (4, 1)
    one, other = [await page.evaluate("() => runcast.auth.token()") for page in pages]
    assert one == other


async def test_leaving_in_one_tab_is_leaving_in_all(tabs: tuple[Browser, Page, Page]) -> None:
    browser, one, other = tabs
    await one.evaluate("() => runcast.auth.logout()")
    await other.wait_for_function(STATUS_IS, arg="signed-out")
    assert await _state(other) == {**SIGNED_OUT, "reason": "logged-out"}
    assert await browser.context.cookies() == []


async def test_a_session_that_was_ended_elsewhere_is_over_in_all(
    tabs: tuple[Browser, Page, Page], served: Serving
) -> None:
    _, one, other = tabs
    elsewhere = f"""async () => {{
        const {{ createRuncast }} = await import("/client.js");
        const phone = createRuncast({{ baseUrl: "{served.url}", storage: "memory" }});
        await phone.auth.login({{ email: "ada@example.com", password: "{PASSWORD}" }});
        await phone.api.endOtherSessions();
    }}"""
    await one.evaluate(elsewhere)
    refused = "() => runcast.api.listItems().catch((error) => [error.name, error.status])"
    assert await one.evaluate(refused) == ["RuncastError", 401]
    await other.wait_for_function(STATUS_IS, arg="signed-out")
    ended = {**SIGNED_OUT, "reason": "expired"}
    assert [await _state(one), await _state(other)] == [ended, ended]
