"""One's own account, at the page: sessions, keys, the name, the address, and proving who one is."""

import shlex
from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio
from playwright.async_api import Page, expect

from tests.tools.consoles import Hosted, hosting
from tests.tools.people import PASSWORD, password_grant


@pytest_asyncio.fixture(loop_scope="session")
async def forgetful(sqlite_template: Path, tmp_path: Path) -> AsyncIterator[Hosted]:
    """Yield a server that takes no sign-in for a proof for longer than a second."""
    async with hosting(sqlite_template, tmp_path, proof_seconds=1) as hosted:
        yield hosted


async def test_sessions_are_listed_and_ended(page: Page, hosted: Hosted) -> None:
    client = await hosted.person("sessions@example.com")
    await password_grant(client, "sessions@example.com")
    await hosted.open(page, "/account?part=sessions", "sessions@example.com")
    table = page.get_by_role("grid", name="Sessions").or_(
        page.get_by_role("table", name="Sessions")
    )
    rows = table.get_by_role("row")
    await expect(rows).to_have_count(4)
    await expect(rows.filter(has_text="This one")).to_have_count(1)
    await table.get_by_role("button", name="End this session").first.click()
    await expect(rows).to_have_count(3)
    await page.get_by_role("button", name="End all others").click()
    dialog = page.get_by_role("alertdialog")
    await dialog.get_by_role("button", name="End the others").click()
    await expect(rows).to_have_count(2)
    assert (await client.get("/api/auth/me")).status_code == 401
    await table.get_by_role("button", name="Sign out here").click()
    await expect(page.get_by_role("heading", name="Sign in to Runcast")).to_be_visible()


async def test_a_key_is_made_shown_once_and_deleted(page: Page, hosted: Hosted) -> None:
    client = await hosted.person("keys@example.com")
    await hosted.open(page, "/account?part=keys", "keys@example.com")
    await page.get_by_role("button", name="New key").click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_label("Name").fill("my laptop")
    await dialog.get_by_role("button", name="Make the key").click()
    await expect(dialog.get_by_role("checkbox", name="Read items")).to_have_attribute(
        "aria-invalid", "true"
    )
    await expect(dialog.get_by_text("Choose at least one thing it may do.")).to_be_visible()
    await dialog.get_by_role("button", name="Tick what starting").click()
    await expect(dialog.get_by_text("Choose at least one thing it may do.")).to_have_count(0)
    for ticked in ("Start and retry", "Read executions", "Read logs"):
        await expect(dialog.get_by_role("checkbox", name=ticked)).to_be_checked()
    await dialog.get_by_role("checkbox", name="Read items").check(force=True)
    await dialog.get_by_role("button", name="Make the key").click()
    key = await dialog.get_by_label("API key", exact=True).input_value()
    _, _, header, address = shlex.split(
        await dialog.get_by_role("textbox", name="Try it in a terminal").input_value()
    )
    assert address.startswith(hosted.url)
    assert header == f"Authorization: Bearer {key}"
    assert (await client.get(address, headers=dict([header.split(": ", 1)]))).status_code == 200
    await page.keyboard.press("Escape")
    await expect(dialog).to_be_visible()
    await dialog.get_by_role("button", name="I have kept it").click()
    await expect(dialog).to_have_count(0)
    await expect(page.locator("body")).not_to_contain_text(key)
    row = page.get_by_role("row").filter(has_text="my laptop")
    await expect(row).to_contain_text("Read items")
    bearer = {"Authorization": f"Bearer {key}"}
    assert (await client.get("/api/items", headers=bearer)).status_code == 200
    await row.get_by_role("button", name="Delete my laptop").click()
    await page.get_by_role("alertdialog").get_by_role("button", name="Delete").click()
    await expect(page.get_by_text("No keys yet")).to_be_visible()
    assert (await client.get("/api/items", headers=bearer)).status_code == 401


async def test_a_name_is_saved_and_shown(page: Page, hosted: Hosted) -> None:
    await hosted.person("name@example.com")
    await hosted.open(page, "/account", "name@example.com")
    section = page.get_by_role("region", name="Name")
    await section.get_by_role("textbox", name="Name").fill("Grace Hopper")
    await section.get_by_role("button", name="Save").click()
    await expect(page.get_by_text("Your name is saved")).to_be_visible()
    await expect(page.get_by_role("button", name="account and more")).to_contain_text(
        "Grace Hopper"
    )


async def test_an_address_is_changed_with_the_password(page: Page, hosted: Hosted) -> None:
    await hosted.person("before@example.com")
    await hosted.open(page, "/account", "before@example.com")
    section = page.get_by_role("region", name="Email address")
    await section.get_by_role("button", name="Change").click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_role("textbox", name="New address").fill("after@example.com")
    await dialog.get_by_role("textbox", name="Your password").fill("not this one")
    await dialog.get_by_role("button", name="Change the address").click()
    await expect(dialog.get_by_role("alert")).to_be_visible()
    await dialog.get_by_role("textbox", name="Your password").fill(PASSWORD)
    await dialog.get_by_role("button", name="Change the address").click()
    await expect(dialog).to_have_count(0)
    await expect(section).to_contain_text("after@example.com")


async def test_a_new_password_ends_the_other_sessions(page: Page, hosted: Hosted) -> None:
    client = await hosted.person("password@example.com")
    await hosted.open(page, "/account?part=security", "password@example.com")
    section = page.get_by_role("region", name="Password", exact=True)
    await section.get_by_role("button", name="Change").click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_role("textbox", name="Your password now").fill(PASSWORD)
    await dialog.get_by_role("textbox", name="New password").fill("an umbrella of seven colours")
    await dialog.get_by_role("button", name="Change the password").click()
    await expect(page.get_by_text("Your password is changed")).to_be_visible()
    assert (await client.get("/api/auth/me")).status_code == 401
    await page.reload()
    await expect(section).to_be_visible()


async def test_a_proof_is_asked_for_in_place_and_the_request_goes_on(
    page: Page, forgetful: Hosted
) -> None:
    await forgetful.person("proof@example.com")
    await forgetful.open(page, "/account?part=keys", "proof@example.com")
    await page.get_by_role("button", name="New key").click()
    making = page.get_by_role("dialog", name="New API key")
    await making.get_by_label("Name").fill("nightly")
    await making.get_by_role("checkbox", name="Read items").check(force=True)
    proof = page.get_by_role("dialog", name="Prove that it is you")
    # The server takes the sign-in for a proof for a second; this asks until that is over.
    async with page.expect_response(
        lambda answer: answer.url.endswith("/api/auth/keys") and answer.status == 403
    ):
        await page.wait_for_function("() => performance.now() > 1500")
        await making.get_by_role("button", name="Make the key").click()
    await proof.get_by_role("textbox", name="Password").fill("not this one")
    await proof.get_by_role("button", name="Go on").click()
    await expect(proof.get_by_role("alert")).to_be_visible()
    await proof.get_by_role("textbox", name="Password").fill(PASSWORD)
    await proof.get_by_role("button", name="Go on").click()
    await expect(page.get_by_role("dialog", name="Keep your key")).to_be_visible()
    await expect(proof).to_have_count(0)


async def test_who_declines_the_proof_is_told_that_it_was_refused(
    page: Page, forgetful: Hosted
) -> None:
    await forgetful.person("decline@example.com")
    await forgetful.open(page, "/account?part=security", "decline@example.com")
    await expect(page.get_by_role("region", name="Authenticator app")).to_be_visible()
    await page.wait_for_function("() => performance.now() > 1500")
    await page.get_by_role("button", name="Set up").click()
    proof = page.get_by_role("dialog", name="Prove that it is you")
    await proof.get_by_role("button", name="Cancel").click()
    await expect(proof).to_have_count(0)
    dialog = page.get_by_role("dialog", name="Set up an authenticator app")
    await expect(dialog.get_by_role("alert")).to_contain_text("Prove that it is you first")


async def test_activity_tells_what_happened_to_the_account(page: Page, hosted: Hosted) -> None:
    await hosted.person("activity@example.com")
    await hosted.open(page, "/account?part=activity", "activity@example.com")
    rows = page.get_by_role("row")
    await expect(rows.filter(has_text="Signed in")).to_have_count(2)
    await expect(rows.filter(has_text="Made an account")).to_have_count(1)
