"""Teams, and what administrators do, at the page."""

import re

from playwright.async_api import Page, expect

from tests.tools.consoles import Hosted
from tests.tools.people import PASSWORD


async def test_a_team_is_made_and_somebody_invited_by_a_link(page: Page, hosted: Hosted) -> None:
    await hosted.person("maker@example.com")
    await hosted.person("joiner@example.com")
    await hosted.open(page, "/teams", "maker@example.com")
    await expect(page.get_by_text("You are in no team yet")).to_be_visible()
    await page.get_by_role("button", name="New team").click()
    await page.get_by_role("dialog").get_by_role("textbox", name="Name").fill("Crew")
    await page.get_by_role("button", name="Make the team").click()
    await expect(page.get_by_role("heading", name="Crew")).to_contain_text("Owner")
    await page.get_by_role("button", name="Invite").click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_role("textbox", name="Email address").fill("joiner@example.com")
    await dialog.get_by_role("radio", name="Viewer").check(force=True)
    await dialog.get_by_role("button", name="Invite").click()
    link = await dialog.get_by_label("Link", exact=True).input_value()
    await dialog.get_by_role("button", name="Done").click()
    await expect(page.get_by_role("row").filter(has_text="joiner@example.com")).to_contain_text(
        "Viewer"
    )
    assert link.startswith(hosted.url)
    await page.context.clear_cookies()
    await hosted.enter(page.context, "joiner@example.com")
    # The same page with another fragment would not be fetched anew.
    await page.goto("about:blank")
    await page.goto(link)
    await page.get_by_role("button", name="Accept").click()
    await expect(page.get_by_role("heading", name="Crew")).to_contain_text("Viewer")
    await expect(page.get_by_role("button", name="Invite")).to_have_count(0)


async def _team(hosted: Hosted, owner_email: str, member_email: str) -> str:
    """Return the id of a team with an owner and an operator."""
    owner = await hosted.person(owner_email)
    member = await hosted.person(member_email)
    team = (await owner.post("/api/teams", json={"name": "Crew"})).json()
    asked = {"email": member_email, "team_id": team["id"], "role": "operator"}
    link = (await owner.post("/api/invitations", json=asked)).json()["link"]
    code = link.partition("#invite=")[2]
    assert (await member.post("/api/auth/invitations", json={"code": code})).is_success
    return str(team["id"])


async def test_a_role_is_changed_and_a_member_removed(page: Page, hosted: Hosted) -> None:
    team = await _team(hosted, "chief@example.com", "hand@example.com")
    await hosted.open(page, f"/teams/{team}", "chief@example.com")
    await page.get_by_role("button", name="Role of hand@example.com").click()
    await page.get_by_role("option", name="Viewer").click()
    await expect(page.get_by_text("hand@example.com is viewer now")).to_be_visible()
    await page.get_by_role("button", name="Remove hand@example.com").click()
    await page.get_by_role("alertdialog").get_by_role("button", name="Remove").click()
    await expect(page.get_by_role("row").filter(has_text="hand@example.com")).to_have_count(0)


async def test_a_member_leaves_and_the_last_owner_cannot(page: Page, hosted: Hosted) -> None:
    team = await _team(hosted, "stays@example.com", "leaves@example.com")
    await hosted.open(page, f"/teams/{team}", "leaves@example.com")
    await page.get_by_role("button", name="More", exact=True).click()
    await page.get_by_role("menuitem", name="Leave the team").click()
    await page.get_by_role("alertdialog").get_by_role("button", name="Leave").click()
    await expect(page.get_by_text("You have left Crew")).to_be_visible()
    await expect(page.get_by_text("You are in no team yet")).to_be_visible()
    await page.context.clear_cookies()
    await hosted.open(page, f"/teams/{team}", "stays@example.com")
    await page.get_by_role("button", name="More", exact=True).click()
    await page.get_by_role("menuitem", name="Leave the team").click()
    await page.get_by_role("alertdialog").get_by_role("button", name="Leave").click()
    await expect(page.get_by_role("alertdialog").get_by_role("alert")).to_contain_text(
        re.compile("owner")
    )


async def test_an_administrator_finds_and_disables_somebody_whose_page_ends(
    page: Page, hosted: Hosted
) -> None:
    await hosted.person("root@example.com", is_admin=True)
    await hosted.person("intruder@example.com")
    browser = page.context.browser
    assert browser is not None
    theirs = await browser.new_context()
    their_page = await theirs.new_page()
    await hosted.open(their_page, "/items", "intruder@example.com")
    await expect(their_page.get_by_role("heading", name="Items")).to_be_visible()
    await hosted.open(page, "/admin/users", "root@example.com")
    await page.get_by_role("searchbox").fill("intr")
    await page.wait_for_url("**/admin/users?q=intr")
    await page.get_by_role("link", name="intruder@example.com").click()
    await expect(page.get_by_role("heading", name="intruder@example.com")).to_be_visible()
    await page.get_by_role("button", name="Disable").click()
    await page.get_by_role("alertdialog").get_by_role("button", name="Disable").click()
    await expect(page.get_by_role("button", name="Enable")).to_be_visible()
    await their_page.get_by_role("link", name="Executions").click()
    await expect(their_page.get_by_text("Your session has ended")).to_be_visible()
    await page.get_by_role("link", name="In the audit log").click()
    row = page.get_by_role("row").filter(has_text="Disabled an account")
    await expect(row).to_contain_text("root@example.com")
    await expect(row).to_contain_text("intruder@example.com")
    await theirs.close()


async def test_who_is_no_administrator_is_told_so_at_the_address(
    page: Page, hosted: Hosted
) -> None:
    await hosted.person("plain@example.com")
    await hosted.enter(page.context, "plain@example.com")
    for path in ("/admin/users", "/admin/audit", "/admin/workers"):
        await page.goto(hosted.url + path)
        await expect(page.get_by_role("alert").first).to_contain_text(
            re.compile("administrator", re.IGNORECASE)
        )
    await expect(page.get_by_role("link", name="Audit log")).to_have_count(0)


async def test_the_audit_log_is_filtered_by_act_and_by_address_and_shows_people_by_theirs(
    page: Page, hosted: Hosted
) -> None:
    await hosted.person("auditor@example.com", is_admin=True)
    person = await hosted.person("maiden@example.com")
    wanted = {"email": "married@example.com", "current_password": PASSWORD}
    assert (await person.patch("/api/auth/me", json=wanted)).is_success
    assert (await person.post("/api/teams", json={"name": "Choir"})).is_success
    await hosted.open(page, "/admin/audit?action=team.made", "auditor@example.com")
    await expect(page.get_by_role("button", name="What")).to_contain_text("Made a team")
    await expect(page.get_by_role("row").filter(has_text="Signed in")).to_have_count(0)
    choir = page.get_by_role("row").filter(has_text="Team Choir")
    await expect(choir.get_by_role("link", name="married@example.com")).to_be_visible()

    await page.get_by_role("button", name="What").click()
    await page.get_by_role("option", name="Made an account").click()
    await page.wait_for_url("**/admin/audit?action=account.registered")
    whose = page.get_by_role("textbox", name="By whom")
    await whose.fill("maiden@example.com")
    await whose.press("Enter")
    await expect(page.get_by_text("Nobody has this address now")).to_be_visible()
    await whose.fill("MARRIED@")
    await whose.press("Enter")
    await page.wait_for_url(f"**/audit?action=account.registered&user={person.user['id']}")
    await page.reload()
    await expect(whose).to_have_value("married@example.com")
    row = page.get_by_role("row").filter(has_text="Made an account")
    await expect(row.get_by_role("link", name="married@example.com")).to_have_count(2)
    await expect(page.get_by_text(person.user["id"])).to_have_count(0)


async def test_workers_are_shown_with_their_load(page: Page, hosted: Hosted) -> None:
    await hosted.person("operator@example.com", is_admin=True)
    await hosted.open(page, "/admin/workers", "operator@example.com")
    row = page.get_by_role("row").filter(has_text="Live")
    await expect(row).to_contain_text("0 of 100")
