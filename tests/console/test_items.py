"""Items, at the page: found, made, changed by several at once, published, deleted."""

from typing import Any

from playwright.async_api import Locator, Page, Route, expect

from tests.tools.consoles import Hosted
from tests.tools.people import SignedIn


async def _item(client: SignedIn, name: str, **more: Any) -> dict[str, Any]:
    answer = await client.post("/api/items", json={"name": name, **more})
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


def _metadata(page: Page) -> Locator:
    return page.get_by_role("textbox", name="Metadata")


async def _type(page: Page, text: str) -> None:
    """Write this into the editor instead of what is there."""
    await _metadata(page).click()
    await page.keyboard.press("ControlOrMeta+a")
    await page.keyboard.insert_text(text)


async def test_items_are_found_by_words_and_filters(page: Page, hosted: Hosted) -> None:
    client = await hosted.person("finder@example.com")
    await _item(client, "Lisbon harbour", handler="sail")
    await _item(client, "Station", metadata={"city": "Lisbon", "place": {"tracks": 3}})
    await _item(client, "Elsewhere", visibility="public")
    await hosted.open(page, "/items", "finder@example.com")
    rows = page.get_by_role("row")
    await expect(rows).to_have_count(4)
    await page.get_by_role("searchbox").fill("lisbon")
    await page.wait_for_url("**/items?q=lisbon")
    await expect(rows).to_have_count(3)
    await page.reload()
    await expect(rows).to_have_count(3)
    await page.get_by_role("searchbox").press("End")
    await page.keyboard.type(" harb")
    await page.wait_for_url("**/items?q=lisbon*harb")
    await expect(rows).to_have_count(2)
    await expect(page.get_by_role("searchbox")).to_have_value("lisbon harb")
    await page.get_by_role("combobox", name="Who sees them").select_option("Public")
    await page.wait_for_url("**visibility=public*")
    nothing = page.get_by_text('There is none with the words "lisbon harb", public.')
    await expect(nothing).to_be_visible()
    await page.get_by_role("button", name="Clear filters").click()
    await expect(rows).to_have_count(4)
    await expect(page.get_by_role("searchbox")).to_be_focused()
    await page.get_by_text("By a value in the metadata").click()
    await page.get_by_role("textbox", name="Field").fill("place.tracks")
    await page.get_by_role("textbox", name="Value").fill("3")
    await page.get_by_role("button", name="Filter", exact=True).click()
    await expect(rows.filter(has_text="Station")).to_be_visible()
    await expect(rows).to_have_count(2)
    # An address that was sent names a handler that nobody announces any more.
    await hosted.open(page, "/items?handler=sail", "finder@example.com")
    await expect(page.get_by_role("combobox", name="Handler")).to_have_value("sail")
    await expect(rows).to_have_count(2)
    await page.set_viewport_size({"width": 360, "height": 740})
    wide = await page.evaluate("document.documentElement.scrollWidth")
    assert wide <= 360
    await expect(page.get_by_role("link", name="Lisbon harbour")).to_be_in_viewport()


async def test_an_item_is_made_changed_and_deleted(page: Page, hosted: Hosted) -> None:
    await hosted.person("writer@example.com")
    await hosted.open(page, "/items", "writer@example.com")
    await page.get_by_role("link", name="New item").first.click()
    await page.get_by_role("textbox", name="Name").fill("First")
    await _type(page, '{"rate": 0.5}')
    await page.get_by_role("button", name="Create item").click()
    await expect(page.get_by_role("heading", name="First")).to_be_visible()
    save = page.get_by_role("button", name="Save")
    await expect(save).to_be_disabled()
    await page.get_by_role("textbox", name="Name").fill("Second")
    await _type(page, '{"rate": 0.25}')
    await save.click()
    await expect(page.get_by_text("Saved")).to_be_visible()
    await page.reload()
    await expect(page.get_by_role("heading", name="Second")).to_be_visible()
    await expect(_metadata(page)).to_contain_text("0.25")
    await page.get_by_role("button", name="Delete").click()
    await page.get_by_role("alertdialog").get_by_role("button", name="Delete").click()
    await expect(page.get_by_text("No items yet")).to_be_visible()


async def test_text_that_is_no_json_says_where_and_cannot_be_saved(
    page: Page, hosted: Hosted
) -> None:
    client = await hosted.person("typo@example.com")
    item = await _item(client, "Typo")
    await hosted.open(page, f"/items/{item['id']}", "typo@example.com")
    await _type(page, '{\n"a": 1,\n}')
    await expect(page.get_by_text("Line 3: This is not JSON yet")).to_be_visible()
    await expect(page.get_by_role("button", name="Save")).to_be_disabled()
    await _type(page, "[1]")
    await expect(page.get_by_role("button", name="Save")).to_be_disabled()
    await expect(page.get_by_text("The metadata is an object")).to_be_visible()


async def test_an_integer_that_is_too_large_is_refused_before_it_is_sent(
    page: Page, hosted: Hosted
) -> None:
    client = await hosted.person("large@example.com")
    item = await _item(client, "Large")
    await hosted.open(page, f"/items/{item['id']}", "large@example.com")
    await _type(page, '{"n": 9007199254740993}')
    await expect(page.get_by_text("too large to be kept exactly")).to_be_visible()
    await expect(page.get_by_role("button", name="Save")).to_be_disabled()
    await _type(page, '{"n": 9007199254740991}')
    await expect(page.get_by_role("button", name="Save")).to_be_enabled()


async def test_what_the_server_refuses_is_told_and_marked_at_its_place(
    page: Page, hosted: Hosted
) -> None:
    client = await hosted.person("refused@example.com")
    item = await _item(client, "Refused")
    await hosted.open(page, f"/items/{item['id']}", "refused@example.com")
    await _type(page, '{"bad": "a\\u0000b"}')
    await page.get_by_role("button", name="Save").click()
    await expect(page.get_by_role("alert")).to_contain_text("a string holds a NUL character")
    handler = page.get_by_role("combobox", name="Handler")
    await handler.fill("no name!")
    await handler.press("Tab")
    await _type(page, '{"good": 1}')
    await page.get_by_role("button", name="Save").click()
    await expect(handler).to_have_attribute("aria-invalid", "true")
    await handler.fill("")
    await handler.press("Tab")

    # Our own server takes any document; one that an application checks is refused at a place in it.
    async def refuse(route: Route) -> None:
        error = {"loc": ["body", "metadata", "bad"], "msg": "it is not one of ours"}
        await route.fulfill(
            status=422, json={"status": 422, "code": "invalid_request", "errors": [error]}
        )

    await page.route("**/api/items/*", refuse)
    await _type(page, '{"good": 1, "bad": "word"}')
    await page.get_by_role("button", name="Save").click()
    await expect(page.get_by_role("alert")).to_contain_text("Metadata.bad")
    await expect(_metadata(page).locator(".cm-lintRange-error")).to_have_text('"word"')


async def _conflict(page: Page, hosted: Hosted, email: str) -> tuple[SignedIn, dict[str, Any]]:
    """Have two people change one item, the one at the page second."""
    client = await hosted.person(email)
    item = await _item(client, "Shared", metadata={"rate": 1, "same": True})
    await hosted.open(page, f"/items/{item['id']}", email)
    await _type(page, '{"rate": 2, "same": true}')
    theirs = {"name": "Shared", "metadata": {"rate": 3, "same": True}}
    saved = await client.put(
        f"/api/items/{item['id']}", json=theirs, headers={"If-Match": f'"{item["version"]}"'}
    )
    assert saved.status_code == 200, saved.text
    await page.get_by_role("button", name="Save").click()
    dialog = page.get_by_role("dialog", name="Somebody else changed this first")
    row = dialog.get_by_role("row").filter(has_text="metadata.rate")
    await expect(row.get_by_role("cell")).to_have_text(["2", "3"])
    await expect(dialog).not_to_contain_text("metadata.same")
    return client, item


async def test_a_conflict_is_shown_and_ones_own_may_stand(page: Page, hosted: Hosted) -> None:
    client, item = await _conflict(page, hosted, "mine@example.com")
    await page.get_by_role("button", name="Save mine over theirs").click()
    await expect(page.get_by_text("Saved")).to_be_visible()
    await expect(page.get_by_role("dialog")).to_have_count(0)
    now = (await client.get(f"/api/items/{item['id']}")).json()
    assert now["metadata"]["rate"] == 2


async def test_a_conflict_is_shown_and_theirs_may_be_taken(page: Page, hosted: Hosted) -> None:
    client, item = await _conflict(page, hosted, "theirs@example.com")
    await page.get_by_role("button", name="Take theirs").click()
    await expect(page.get_by_role("dialog")).to_have_count(0)
    await expect(_metadata(page)).to_contain_text('"rate": 3')
    await expect(page.get_by_role("button", name="Save")).to_be_disabled()
    now = (await client.get(f"/api/items/{item['id']}")).json()
    assert now["metadata"]["rate"] == 3


async def test_unsaved_changes_are_not_left_without_a_word(page: Page, hosted: Hosted) -> None:
    client = await hosted.person("leaver@example.com")
    item = await _item(client, "Unsaved")
    await hosted.open(page, f"/items/{item['id']}", "leaver@example.com")
    await _type(page, '{"draft": true}')
    asked: list[str] = []
    stays = True

    async def answer(dialog: Any) -> None:
        asked.append(dialog.message)
        await (dialog.dismiss() if stays else dialog.accept())

    page.on("dialog", answer)
    await page.get_by_role("link", name="Teams").click()
    await expect(_metadata(page)).to_contain_text("draft")
    stays = False
    await page.get_by_role("link", name="Teams").click()
    await expect(page.get_by_role("heading", name="Teams")).to_be_visible()
    assert asked == ["Leave without saving your changes?"] * 2


async def test_a_public_item_is_seen_by_who_is_not_signed_in(page: Page, hosted: Hosted) -> None:
    client = await hosted.person("public@example.com")
    item = await _item(client, "Open to all", metadata={"for": "everybody"})
    await hosted.open(page, f"/items/{item['id']}")
    await expect(page.get_by_role("alert")).to_contain_text("not signed in")
    await hosted.open(page, f"/items/{item['id']}", "public@example.com")
    await page.get_by_role("radio", name="Everybody may read and watch it").check(force=True)
    await page.get_by_role("button", name="Save").click()
    await expect(page.get_by_text("Saved")).to_be_visible()
    await page.context.clear_cookies()
    await page.reload()
    await expect(page.get_by_role("heading", name="Open to all")).to_contain_text("Public")
    await expect(_metadata(page)).to_contain_text("everybody")
    await expect(page.get_by_role("button", name="Save")).to_have_count(0)
    await expect(page.get_by_role("button", name="Delete")).to_have_count(0)
    await expect(page.get_by_role("link", name="Sign in")).to_be_visible()
