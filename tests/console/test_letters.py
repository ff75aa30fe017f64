"""What letters and providers lead to: a new password, a verified address, an invitation, a sign-in."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Page, expect

from tests.tools.console_mail import Connected, connected
from tests.tools.identity_providers import DROP
from tests.tools.inviting import verify
from tests.tools.people import PASSWORD

NEW_PASSWORD = "an umbrella of seven colours"


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def console(
    sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Connected]:
    """Yield a server that sends letters and knows a provider."""
    async with connected(sqlite_template, tmp_path_factory.mktemp("connected")) as console:
        yield console


async def _sign_in(page: Page, email: str, password: str) -> None:
    await page.get_by_label("Email address").fill(email)
    await page.get_by_label("Password", exact=True).fill(password)
    await page.get_by_role("button", name="Sign in", exact=True).click()


async def test_a_forgotten_password_is_set_anew_by_a_letter(page: Page, console: Connected) -> None:
    await console.hosted.person("forgot@example.com")
    await page.goto(f"{console.url}/sign-in")
    await page.get_by_role("link", name="Forgot your password?").click()
    await page.get_by_label("Email address").fill("forgot@example.com")
    await page.get_by_role("button", name="Send the letter").click()
    await expect(page.get_by_role("heading", name="Look into your mail")).to_be_visible()
    await page.goto(await console.link("reset", "forgot@example.com"))
    await page.get_by_role("textbox", name="New password").fill(NEW_PASSWORD)
    assert "#" not in page.url
    await page.get_by_role("button", name="Set the password").click()
    await expect(page.get_by_role("heading", name="Sign in to Runcast")).to_be_visible()
    await _sign_in(page, "forgot@example.com", NEW_PASSWORD)
    await expect(page.get_by_role("heading", name="Overview")).to_be_visible()


async def test_a_link_is_good_once_and_another_letter_is_offered(
    page: Page, console: Connected
) -> None:
    await console.hosted.person("twice@example.com")
    await page.goto(f"{console.url}/#reset=rcr_no-such-code")
    await page.get_by_role("textbox", name="New password").fill(NEW_PASSWORD)
    await page.get_by_role("button", name="Set the password").click()
    await expect(page.get_by_role("alert")).to_contain_text("not good any more")
    await page.get_by_role("button", name="Ask for another letter").click()
    await expect(page.get_by_role("button", name="Send the letter")).to_be_visible()


async def test_an_address_is_verified_by_a_letter(page: Page, console: Connected) -> None:
    await console.hosted.person("verify@example.com")
    await console.hosted.open(page, "/account", "verify@example.com")
    await page.get_by_role("button", name="Send me a letter to verify it").click()
    await expect(page.get_by_text("A letter is on its way")).to_be_visible()
    await page.goto(await console.link("verify", "verify@example.com"))
    await expect(page.get_by_text("You are signed in as verify@example.com.")).to_be_visible()
    await page.get_by_role("button", name="Verify").click()
    await expect(page.get_by_text("Your address is verified.")).to_be_visible()
    await page.goto(f"{console.url}/account")
    await expect(page.get_by_text("Verified", exact=True)).to_be_visible()


async def test_an_invitation_makes_an_account_and_a_member(page: Page, console: Connected) -> None:
    owner = await console.hosted.person("owner@example.com")
    await verify(console.hosted.app.state.runtime, owner)
    team = (await owner.post("/api/teams", json={"name": "Crew"})).json()
    asked = {"email": "guest@example.com", "team_id": team["id"], "role": "operator"}
    assert (await owner.post("/api/invitations", json=asked)).status_code == 201
    await page.goto(await console.link("invite", "guest@example.com"))
    await expect(page.get_by_text("owner invites you to Crew as operator.")).to_be_visible()
    await page.get_by_role("link", name="Create an account").click()
    email = page.get_by_label("Email address")
    await expect(email).to_have_value("guest@example.com")
    await expect(email).not_to_be_editable()
    await page.get_by_label("Password", exact=True).fill(PASSWORD)
    await page.get_by_role("button", name="Create account").click()
    await expect(page.get_by_role("heading", name="Crew")).to_contain_text("Operator")
    await expect(page.get_by_text("You joined Crew.")).to_be_visible()


async def test_who_has_an_account_accepts_an_invitation_with_it(
    page: Page, console: Connected
) -> None:
    owner = await console.hosted.person("captain@example.com")
    await verify(console.hosted.app.state.runtime, owner)
    await console.hosted.person("sailor@example.com")
    team = (await owner.post("/api/teams", json={"name": "Ship"})).json()
    asked = {"email": "sailor@example.com", "team_id": team["id"], "role": "viewer"}
    assert (await owner.post("/api/invitations", json=asked)).status_code == 201
    link = await console.link("invite", "sailor@example.com")
    await console.hosted.enter(page.context, "captain@example.com")
    await page.goto(link)
    await expect(page.get_by_text("You are signed in as captain@example.com")).to_be_visible()
    await page.get_by_role("button", name="Sign out").click()
    await page.get_by_role("link", name="I have an account").click()
    await _sign_in(page, "sailor@example.com", PASSWORD)
    await page.get_by_role("button", name="Accept").click()
    await expect(page.get_by_role("heading", name="Ship")).to_contain_text("Viewer")
    await expect(page.get_by_text("You joined Ship.")).to_be_visible()
    await page.goto(link)
    await expect(page.get_by_text("This invitation is not good any more")).to_be_visible()


async def test_a_provider_signs_in_and_leads_to_where_one_wanted_to_go(
    page: Page, console: Connected
) -> None:
    await page.goto(f"{console.url}/sign-in?next=%2Fteams")
    await page.get_by_role("button", name="Continue with Acme").click()
    await expect(page.get_by_role("heading", name="Teams")).to_be_visible()
    await page.goto(f"{console.url}/account?part=security")
    await expect(page.get_by_role("region", name="Linked providers")).to_contain_text("acme")
    await expect(page.get_by_role("link", name="Set a password")).to_be_visible()
    # Where a tab shows somebody else, what they have typed is not saved as whoever comes back.
    await console.hosted.person("before@example.com")
    other = await page.context.new_page()
    await console.hosted.open(other, "/items/new", "before@example.com")
    await other.get_by_label("Name", exact=True).fill("Not theirs")
    await page.goto(f"{console.url}/api/auth/oauth/acme?return_to=/teams")
    await expect(page.get_by_role("heading", name="Teams")).to_be_visible()
    await expect(other.get_by_text("so this one is theirs now")).to_be_visible()
    await expect(other.get_by_label("Name", exact=True)).to_have_value("")


async def test_a_providers_refusal_is_told_in_words(page: Page, console: Connected) -> None:
    console.provider.returns = {"error": "access_denied", "code": DROP}
    await page.goto(f"{console.url}/sign-in")
    await page.get_by_role("button", name="Continue with Acme").click()
    await expect(page.get_by_role("alert")).to_contain_text("The provider did not sign you in")
    console.provider.returns = {}
