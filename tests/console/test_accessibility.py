"""Every page, as axe, the keyboard and a narrow screen see it."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect

from tests.tools.accessibility import NARROW, violations
from tests.tools.consoles import Hosted, hosting
from tests.tools.form_app import add_forms

OUTSIDE = {
    "/sign-in": "Sign in to Runcast",
    "/register": "Create an account",
    "/reset": "Choose a new password",
    "/verify": "Verify your address",
    "/invitation": "Invitation",
    "/no/such/page": "No such page",
}
INSIDE = {
    "/": "Overview",
    "/executions": "Executions",
    "/handlers": "Start",
    "/handlers/everything": "everything",
    "/items": "Items",
    "/items/new": "New item",
    "/teams": "Teams",
    "/account": "Account",
    "/account?part=security": "Account",
    "/account?part=sessions": "Account",
    "/account?part=keys": "Account",
    "/account?part=activity": "Account",
    "/admin/users": "People",
    "/admin/audit": "Audit log",
    "/admin/workers": "Workers",
}
FOCUSED = """() => {
    const element = document.activeElement;
    const around = element.closest("label, [class*=group]") ?? element;
    const styles = [element, around].map((each) => getComputedStyle(each));
    const seen = [...styles, getComputedStyle(element, "::after")].some(
        ({ outlineStyle, outlineWidth, boxShadow }) =>
            (outlineStyle !== "none" && outlineWidth !== "0px") || boxShadow !== "none");
    return { name: element.getAttribute("aria-label") ?? element.textContent.trim(), seen };
}"""


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def hosted(
    sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Hosted]:
    """Yield a server with something on every page, for an administrator."""
    folder = tmp_path_factory.mktemp("hosted")
    async with hosting(sqlite_template, folder, prepare=add_forms) as hosted:
        root = await hosted.person("root@example.com", is_admin=True)
        inputs = {"everything": {"word": "a"}, "fails": {}, "waits": {}}
        for handler, given in inputs.items():
            body = {"handler": handler, "input": given}
            assert (await root.post("/api/executions", json=body)).is_success
        for number in range(3):
            item = {"name": f"Item {number}", "handler": "everything", "visibility": "public"}
            assert (await root.post("/api/items", json=item)).is_success
        key = {"name": "nightly", "scopes": ["items:read"]}
        assert (await root.post("/api/auth/keys", json=key)).is_success
        yield hosted


async def _arrived(page: Page, heading: str) -> None:
    await expect(page.get_by_role("heading", name=heading, level=1)).to_be_visible()
    await page.wait_for_load_state("networkidle")


@pytest.mark.parametrize("path", OUTSIDE)
async def test_axe_finds_nothing_outside(page: Page, hosted: Hosted, path: str) -> None:
    await hosted.open(page, path)
    await _arrived(page, OUTSIDE[path])
    assert await violations(page) == []


@pytest.mark.parametrize("path", INSIDE)
async def test_axe_finds_nothing_inside(page: Page, hosted: Hosted, path: str) -> None:
    await hosted.open(page, path, "root@example.com")
    await _arrived(page, INSIDE[path])
    assert await violations(page) == []


async def test_axe_finds_nothing_on_what_has_an_address_of_its_own(
    page: Page, hosted: Hosted
) -> None:
    client = await hosted.person("own@example.com", is_admin=True)
    body = {"name": "Mine", "handler": "everything", "metadata": {"a": [1, True, None, "b"]}}
    item = (await client.post("/api/items", json=body)).json()
    team = (await client.post("/api/teams", json={"name": "Crew"})).json()
    asked = {"email": "guest@example.com", "team_id": team["id"], "role": "viewer"}
    assert (await client.post("/api/invitations", json=asked)).is_success
    await hosted.enter(page.context, "own@example.com")
    paths = {
        f"/items/{item['id']}": "Mine",
        f"/teams/{team['id']}": "Crew",
        f"/admin/users/{client.user['id']}": "own@example.com",
    }
    for path, heading in paths.items():
        await page.goto(hosted.url + path)
        await _arrived(page, heading)
        assert await violations(page) == []


async def test_axe_finds_nothing_on_the_page_of_an_execution(
    page: Page, hosted: Hosted, browser: Browser
) -> None:
    client = await hosted.person("runs@example.com")
    asks, broke = [
        (await client.post("/api/executions", json={"handler": handler})).json()["id"]
        for handler in ("waits", "fails")
    ]
    link = (await client.post(f"/api/executions/{asks}/share")).json()["token"]
    await hosted.enter(page.context, "runs@example.com")
    await page.goto(f"{hosted.url}/executions/{asks}")
    await expect(page.get_by_role("button", name="Yes")).to_be_visible()
    assert await violations(page) == []
    for path in (broke, f"{broke}?tab=details"):
        await page.goto(f"{hosted.url}/executions/{path}")
        await _arrived(page, "fails Failed")
        assert await violations(page) == []
    async with await browser.new_context(locale="en-GB") as elsewhere:
        theirs = await elsewhere.new_page()
        await theirs.goto(f"{hosted.url}/shared/{asks}#share={link}")
        await expect(theirs.get_by_text("Who may answer sees a form here")).to_be_visible()
        assert await violations(theirs) == []


async def test_axe_finds_nothing_in_dialogs_and_menus(page: Page, hosted: Hosted) -> None:
    await hosted.open(page, "/account?part=keys", "root@example.com")
    await page.get_by_role("button", name="New key").click()
    await expect(page.get_by_role("dialog")).to_be_visible()
    assert await violations(page) == []
    await page.keyboard.press("Escape")
    await page.get_by_role("button", name="account and more").click()
    await expect(page.get_by_role("menuitem", name="Sign out")).to_be_visible()
    assert await violations(page) == []


@pytest.mark.parametrize("path", ["/", "/items", "/handlers/everything", "/account"])
async def test_the_keyboard_reaches_everything_and_shows_where_it_is(
    page: Page, hosted: Hosted, path: str
) -> None:
    await hosted.open(page, path, "root@example.com")
    await _arrived(page, INSIDE[path])
    reached: list[str] = []
    for _ in range(80):
        await page.keyboard.press("Tab")
        at = await page.evaluate(FOCUSED)
        if await page.evaluate("() => document.activeElement === document.body"):
            break
        assert at["seen"], f"the focus is not seen: {at['name']}"
        reached.append(at["name"])
    assert reached[0] == "Skip to the page"
    named = "main a, main button:not([tabindex='-1']):not([disabled])"
    there = await page.locator(named).evaluate_all(
        """(all) => all.filter((each) => each.checkVisibility() && each.tabIndex >= 0)
            .map((each) => each.getAttribute("aria-label") ?? each.textContent.trim())"""
    )
    assert there
    assert [name for name in there if name not in reached] == []


async def test_the_skip_link_leads_past_the_navigation(page: Page, hosted: Hosted) -> None:
    await hosted.open(page, "/items", "root@example.com")
    await _arrived(page, "Items")
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    await page.keyboard.press("Tab")
    await expect(page.get_by_role("link", name="New item").first).to_be_focused()


async def test_keys_lead_to_pages_and_to_the_search(page: Page, hosted: Hosted) -> None:
    await hosted.open(page, "/", "root@example.com")
    await _arrived(page, "Overview")
    await page.keyboard.type("gi")
    await expect(page.get_by_role("heading", name="Items")).to_be_focused()
    await page.keyboard.press("?")
    dialog = page.get_by_role("dialog", name="Keyboard shortcuts")
    await expect(dialog).to_contain_text("Go to items")
    await page.keyboard.press("Escape")
    await expect(dialog).to_have_count(0)
    await page.keyboard.press("/")
    await expect(page.get_by_role("searchbox")).to_be_focused()


async def test_single_keys_do_nothing_once_they_are_turned_off(page: Page, hosted: Hosted) -> None:
    await hosted.open(page, "/items", "root@example.com")
    await _arrived(page, "Items")
    dialog = page.get_by_role("dialog", name="Keyboard shortcuts")
    switch = dialog.get_by_role("switch", name="Single-key shortcuts")
    await page.keyboard.press("?")
    await switch.press("Space")
    await expect(switch).not_to_be_checked()
    await page.keyboard.press("Escape")
    await expect(dialog).to_have_count(0)
    await page.keyboard.type("?/go")
    await page.get_by_role("button", name="account and more").click()
    await page.get_by_role("menuitem", name="Keyboard shortcuts").click()
    await expect(page.get_by_role("heading", name="Items")).to_be_visible()
    await expect(switch).not_to_be_checked()


async def test_the_theme_is_kept_over_a_reload(page: Page, hosted: Hosted) -> None:
    await hosted.open(page, "/", "root@example.com")
    shade = "() => getComputedStyle(document.documentElement).colorScheme"
    await page.get_by_role("button", name="account and more").click()
    await page.get_by_role("menuitem", name="Dark").click()
    await expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    await page.reload()
    await expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    assert await page.evaluate(shade) == "dark"
    await page.get_by_role("button", name="account and more").click()
    await expect(page.get_by_role("menuitem", name="Dark")).to_contain_text("Chosen")


async def test_on_a_narrow_screen_every_page_is_in_the_bar_or_the_menu(
    page: Page, hosted: Hosted
) -> None:
    await page.set_viewport_size(NARROW)
    await hosted.open(page, "/", "root@example.com")
    await _arrived(page, "Overview")
    await page.get_by_role("link", name="Items").click()
    await expect(page.get_by_role("heading", name="Items")).to_be_visible()
    await page.get_by_role("button", name="account and more").click()
    await page.get_by_role("menuitem", name="Audit log").click()
    await expect(page.get_by_role("heading", name="Audit log")).to_be_visible()


async def test_an_address_that_leads_nowhere_says_so_and_leads_back(
    page: Page, hosted: Hosted
) -> None:
    await hosted.open(page, "/no/such/page", "root@example.com")
    await expect(page.get_by_role("heading", name="No such page")).to_be_visible()
    await page.get_by_role("link", name="Go to the overview").click()
    await expect(page.get_by_role("heading", name="Overview")).to_be_visible()
