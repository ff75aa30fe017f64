"""Signing in, at the page: the first account, passwords, where one comes out, and leaving."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Page, expect

from runcast.clock import SystemClock
from runcast.database import UnitOfWork
from runcast.services import setup_tokens
from tests.tools.consoles import Hosted, hosting
from tests.tools.page_watch import PageWatch
from tests.tools.people import PASSWORD


@pytest_asyncio.fixture(loop_scope="session")
async def closed(sqlite_template: Path, tmp_path: Path) -> AsyncIterator[Hosted]:
    """Yield a server that takes no new accounts, and has none."""
    async with hosting(sqlite_template, tmp_path, registration="closed") as hosted:
        yield hosted


async def _fill_in(page: Page, email: str, password: str) -> None:
    await page.get_by_label("Email address").fill(email)
    await page.get_by_label("Password", exact=True).fill(password)
    await page.get_by_role("button", name="Sign in", exact=True).click()


async def test_the_setup_link_makes_the_first_administrator(
    page: Page, closed: Hosted, watch: PageWatch
) -> None:
    async with UnitOfWork(closed.app.state.runtime.database) as uow:
        token = await setup_tokens.offer(uow, SystemClock())
    await page.goto(closed.url)
    await expect(page.get_by_text("printed a link with a setup token")).to_be_visible()
    await expect(page.get_by_role("link", name="Create an account")).to_have_count(0)
    assert watch.refused == []
    await page.goto(f"{closed.url}/#setup={token}")
    await expect(page.get_by_role("heading", name="Set up Runcast")).to_be_visible()
    assert "rcs_" not in page.url
    await expect(page.get_by_label("Setup token")).to_have_value(str(token))
    await page.get_by_label("Name", exact=True).fill("Ada")
    await page.get_by_label("Email address").fill("ada@example.com")
    await page.get_by_label("Password", exact=True).fill(PASSWORD)
    await page.get_by_role("button", name="Create account").click()
    await expect(page.get_by_role("heading", name="Overview")).to_be_visible()
    await expect(page.get_by_role("link", name="Audit log")).to_be_visible()
    assert token not in await page.evaluate("() => JSON.stringify(sessionStorage)")


async def test_where_registration_is_closed_the_page_says_so(page: Page, closed: Hosted) -> None:
    await page.goto(f"{closed.url}/register")
    await expect(page.get_by_text("This server takes no new accounts")).to_be_visible()
    await expect(page.get_by_label("Email address")).to_have_count(0)


async def test_an_account_is_made_and_leads_in(page: Page, hosted: Hosted) -> None:
    await page.goto(f"{hosted.url}/sign-in?next=%2Fitems")
    await page.get_by_role("link", name="Create an account").click()
    # Both pages have a field of that name, and the second comes when its file has.
    await expect(page.get_by_role("heading", name="Create an account")).to_be_visible()
    await page.get_by_label("Email address").fill("new@example.com")
    await page.get_by_label("Password", exact=True).fill(PASSWORD)
    await page.get_by_role("button", name="Create account").click()
    await expect(page.get_by_role("heading", name="Items")).to_be_visible()


async def test_a_common_password_is_refused_and_the_next_press_sends_another(
    page: Page, hosted: Hosted
) -> None:
    await page.goto(f"{hosted.url}/register")
    await page.get_by_label("Email address").fill("weak@example.com")
    await page.get_by_label("Password", exact=True).fill("password123")
    await page.get_by_role("button", name="Create account").click()
    await expect(page.get_by_role("alert")).to_contain_text("one of the most common")
    await expect(page.get_by_label("Email address")).to_have_value("weak@example.com")
    # Leaving the field takes its complaint away, and the button is not to move from under the pointer.
    await page.get_by_label("Password", exact=True).press("ControlOrMeta+a")
    await page.get_by_label("Password", exact=True).press_sequentially(PASSWORD)
    complaint = page.locator("form [slot=errorMessage]")
    await expect(complaint).to_have_count(1)
    await page.get_by_role("button", name="Create account").hover()
    await page.mouse.down()
    await expect(complaint).to_have_count(0)
    await page.mouse.up()
    await expect(page.get_by_role("heading", name="Overview")).to_be_visible()


async def test_a_wrong_password_is_told_and_a_right_one_leads_in(
    page: Page, hosted: Hosted
) -> None:
    await hosted.person("wrong@example.com")
    await page.goto(f"{hosted.url}/sign-in")
    await _fill_in(page, "wrong@example.com", "not this one")
    await expect(page.get_by_role("alert")).to_contain_text("That did not sign you in")
    await expect(page.get_by_label("Email address")).to_have_value("wrong@example.com")
    await page.get_by_label("Password", exact=True).fill(PASSWORD)
    await page.get_by_role("button", name="Sign in", exact=True).click()
    await expect(page.get_by_role("heading", name="Overview")).to_be_visible()
    await expect(page.get_by_role("link", name="Audit log")).to_have_count(0)


async def test_who_is_signed_out_comes_back_to_where_they_wanted_to_go(
    page: Page, hosted: Hosted
) -> None:
    await hosted.person("back@example.com")
    await page.goto(f"{hosted.url}/account?part=keys")
    await page.wait_for_url("**/sign-in?next=*")
    await _fill_in(page, "back@example.com", PASSWORD)
    await expect(page.get_by_role("tab", name="API keys", selected=True)).to_be_visible()
    assert page.url == f"{hosted.url}/account?part=keys"


@pytest.mark.parametrize(
    ("name", "foreign"),
    [
        ("whole", "https%3A%2F%2Fexample.com%2F"),
        ("without-scheme", "%2F%2Fexample.com%2F"),
        ("backslash", "%2F%5Cexample.com"),
        ("script", "javascript%3Aalert(1)"),
    ],
)
async def test_an_address_of_somebody_else_is_not_followed(
    page: Page, hosted: Hosted, name: str, foreign: str
) -> None:
    email = f"{name}@example.com"
    await hosted.person(email)
    await page.goto(f"{hosted.url}/sign-in?next={foreign}")
    await _fill_in(page, email, PASSWORD)
    await expect(page.get_by_role("heading", name="Overview")).to_be_visible()
    assert page.url.rstrip("/") == hosted.url


async def test_who_is_signed_in_is_not_asked_again(page: Page, hosted: Hosted) -> None:
    await hosted.person("again@example.com")
    await hosted.open(page, "/sign-in?next=%2Fteams", "again@example.com")
    await expect(page.get_by_role("heading", name="Teams")).to_be_visible()


async def test_leaving_in_one_tab_leads_both_to_the_sign_in_and_asks_nothing_in_vain(
    page: Page, hosted: Hosted, watch: PageWatch
) -> None:
    await hosted.person("tabs@example.com")
    await hosted.open(page, "/items", "tabs@example.com")
    other = await page.context.new_page()
    await hosted.open(other, "/account")
    await expect(other.get_by_role("heading", name="Account").first).to_be_visible()
    await page.get_by_role("button", name="account and more").click()
    await page.get_by_role("menuitem", name="Sign out").click()
    for each in (page, other):
        await expect(each.get_by_role("heading", name="Sign in to Runcast")).to_be_visible()
    await other.reload()
    await expect(other.get_by_role("heading", name="Sign in to Runcast")).to_be_visible()
    assert await page.context.cookies() == []
    assert watch.refused == []


async def test_a_session_that_was_ended_elsewhere_asks_to_sign_in_and_leads_back(
    page: Page, hosted: Hosted
) -> None:
    client = await hosted.person("ended@example.com")
    await hosted.open(page, "/teams", "ended@example.com")
    await expect(page.get_by_role("heading", name="Teams")).to_be_visible()
    await client.delete("/api/auth/sessions")
    await page.get_by_role("link", name="Items").click()
    await expect(page.get_by_text("Your session has ended")).to_be_visible()
    await _fill_in(page, "ended@example.com", PASSWORD)
    await expect(page.get_by_role("heading", name="Items")).to_be_visible()
