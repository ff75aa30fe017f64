"""Second factors and passkeys, at the page: set up under the account, and shown at the sign-in."""

import time
from collections.abc import AsyncIterator
from pathlib import Path

import pyotp
import pytest
import pytest_asyncio
from playwright.async_api import Page, expect

from tests.tools.console_mail import Connected, connected
from tests.tools.people import PASSWORD

A_KEY = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def console(
    sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Connected]:
    """Yield a server at an address that takes passkeys."""
    async with connected(sqlite_template, tmp_path_factory.mktemp("connected")) as console:
        yield console


async def _with_authenticator(page: Page) -> None:
    """Give the page's browser a passkey's device, which always agrees."""
    devtools = await page.context.new_cdp_session(page)
    await devtools.send("WebAuthn.enable")
    await devtools.send("WebAuthn.addVirtualAuthenticator", {"options": A_KEY})


async def _set_up_app(page: Page) -> tuple[str, list[str]]:
    """Set the authenticator app up on the open page; return its secret and the recovery codes."""
    section = page.get_by_role("region", name="Authenticator app")
    await section.get_by_role("button", name="Set up").click()
    dialog = page.get_by_role("dialog")
    await expect(dialog.get_by_role("img", name="QR code of the secret")).to_be_visible()
    await dialog.get_by_text("I cannot scan it").click()
    secret = await dialog.get_by_label("Secret", exact=True).input_value()
    await dialog.get_by_label("Code of your authenticator app").fill("000000")
    await dialog.get_by_role("button", name="Turn it on").click()
    await expect(dialog.get_by_role("alert")).to_be_visible()
    await dialog.get_by_label("Code of your authenticator app").fill(pyotp.TOTP(secret).now())
    await dialog.get_by_role("button", name="Turn it on").click()
    shown = dialog.get_by_role("list", name="Recovery codes").get_by_role("listitem")
    await expect(shown).to_have_count(10)
    codes = await shown.all_text_contents()
    await dialog.get_by_role("button", name="I have kept them").click()
    await expect(dialog).to_have_count(0)
    await expect(section.get_by_text("On", exact=True)).to_be_visible()
    await expect(page.get_by_text("10 codes are left.")).to_be_visible()
    return secret, codes


async def _password(page: Page, url: str, email: str) -> None:
    """Sign in as far as the password leads."""
    await page.context.clear_cookies()
    await page.goto(f"{url}/sign-in")
    await page.get_by_label("Email address").fill(email)
    await page.get_by_label("Password", exact=True).fill(PASSWORD)
    await page.get_by_role("button", name="Sign in", exact=True).click()
    await expect(page.get_by_role("heading", name="Show that it is you")).to_be_visible()


async def test_an_app_is_set_up_and_asked_for_and_a_recovery_code_stands_in_once(
    page: Page, console: Connected
) -> None:
    await console.hosted.person("app@example.com")
    await console.hosted.open(page, "/account?part=security", "app@example.com")
    secret, codes = await _set_up_app(page)
    await _password(page, console.url, "app@example.com")
    await page.get_by_label("Code of your authenticator app").fill("000000")
    await page.get_by_role("button", name="Sign in", exact=True).click()
    await expect(page.get_by_role("alert")).to_contain_text("That was not taken")
    # The code of now was used to set it up.
    code = pyotp.TOTP(secret).at(int(time.time()) + 30)
    await page.get_by_label("Code of your authenticator app").fill(code)
    await page.get_by_role("button", name="Sign in", exact=True).click()
    await expect(page.get_by_role("heading", name="Overview")).to_be_visible()
    for heading in ("Overview", "Show that it is you"):
        await _password(page, console.url, "app@example.com")
        await page.get_by_role("button", name="Use a recovery code").click()
        await page.get_by_label("Recovery code").fill(codes[0])
        await page.get_by_role("button", name="Sign in", exact=True).click()
        if heading != "Overview":
            await expect(page.get_by_role("alert")).to_contain_text("That was not taken")
        await expect(page.get_by_role("heading", name=heading)).to_be_visible()


async def test_a_passkey_is_added_and_signs_in_by_itself(page: Page, console: Connected) -> None:
    await console.hosted.person("key@example.com")
    await console.hosted.enter(page.context, "key@example.com")
    await page.goto(f"{console.url}/account?part=security")
    await _with_authenticator(page)
    await page.get_by_role("button", name="Add a passkey").click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_label("Name").fill("my laptop")
    await dialog.get_by_role("button", name="Add", exact=True).click()
    codes = dialog.get_by_role("list", name="Recovery codes").get_by_role("listitem")
    await expect(codes).to_have_count(10)
    await dialog.get_by_role("button", name="I have kept them").click()
    await expect(page.get_by_role("region", name="Passkeys")).to_contain_text("my laptop")
    await page.context.clear_cookies()
    await page.goto(f"{console.url}/sign-in?next=%2Fitems")
    await page.get_by_role("button", name="Sign in with a passkey").click()
    await expect(page.get_by_role("heading", name="Items")).to_be_visible()
    await _password(page, console.url, "key@example.com")
    await page.get_by_role("button", name="Use a passkey").click()
    await expect(page.get_by_role("heading", name="Overview")).to_be_visible()


async def test_a_browser_without_the_passkey_says_that_none_was_shown(
    page: Page, console: Connected
) -> None:
    await page.goto(f"{console.url}/sign-in")
    await _with_authenticator(page)
    await page.get_by_role("button", name="Sign in with a passkey").click()
    await expect(page.get_by_role("alert")).to_contain_text("No passkey was shown")


async def test_the_app_is_removed_and_the_password_is_enough_again(
    page: Page, console: Connected
) -> None:
    await console.hosted.person("off@example.com")
    await console.hosted.open(page, "/account?part=security", "off@example.com")
    await _set_up_app(page)
    section = page.get_by_role("region", name="Authenticator app")
    await section.get_by_role("button", name="Remove").click()
    await page.get_by_role("alertdialog").get_by_role("button", name="Remove").click()
    await expect(section.get_by_text("Off", exact=True)).to_be_visible()
    await expect(page.get_by_role("alertdialog")).to_have_count(0)
    await page.context.clear_cookies()
    await console.hosted.open(page, "/teams", "off@example.com")
    await expect(page.get_by_role("heading", name="Teams")).to_be_visible()
