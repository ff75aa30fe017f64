"""Starting, at the page: the form drawn from a handler's schema, and the same value as JSON."""

import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Locator, Page, expect

from tests.tools.consoles import Hosted, hosting
from tests.tools.form_app import add_forms
from tests.tools.people import SignedIn

PROPOSED = {
    "word": "",
    "times": 1,
    "ratio": 0.5,
    "loud": False,
    "mode": "careful",
    "tags": [],
    "places": [],
    "place": {"city": "Vienna", "floor": None},
    "limits": {},
    "note": None,
}


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def hosted(
    sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Hosted]:
    """Yield a server with a handler that has every kind of field."""
    folder = tmp_path_factory.mktemp("hosted")
    async with hosting(sqlite_template, folder, prepare=add_forms) as hosted:
        yield hosted


def _group(page: Page, name: str) -> Locator:
    return page.get_by_role("group", name=name, exact=True)


async def _started(page: Page, client: SignedIn) -> dict[str, Any]:
    """Start what the form says, and return the execution."""
    await page.get_by_role("button", name="Start", exact=True).click()
    await page.wait_for_url("**/executions/*")
    found = await client.get(f"/api/executions/{page.url.rpartition('/')[2]}")
    execution: dict[str, Any] = found.json()
    return execution


async def test_what_can_run_is_listed_and_leads_to_its_form(page: Page, hosted: Hosted) -> None:
    await hosted.person("list@example.com")
    await hosted.open(page, "/", "list@example.com")
    await expect(page.get_by_text("Nothing has run yet")).to_be_visible()
    await page.get_by_role("link", name="Start something").click()
    row = page.get_by_role("row").filter(has_text="Take one of each, and give it back.")
    await expect(row).to_contain_text("Ready")
    await row.get_by_role("link", name="everything").click()
    await expect(page.get_by_role("heading", name="everything")).to_be_visible()


async def test_every_kind_of_field_is_filled_in_and_sent(page: Page, hosted: Hosted) -> None:
    client = await hosted.person("fields@example.com")
    await hosted.open(page, "/handlers/everything", "fields@example.com")
    word = page.get_by_role("textbox", name="Word")
    await expect(word).to_have_accessible_description("What is said.")
    await word.fill("hello")
    times = page.get_by_role("textbox", name="Times")
    await times.fill("3")
    await page.get_by_role("textbox", name="Ratio").fill("0.125")
    await page.get_by_role("checkbox", name="Loud").check(force=True)
    await page.get_by_role("button", name="Mode").click()
    await page.get_by_role("option", name="fast").click()
    tags = _group(page, "Tags")
    for number, tag in enumerate(("red", "wrong", "blue"), 1):
        await tags.get_by_role("button", name="Add").click()
        await tags.get_by_role("textbox", name=f"Tags {number}").fill(tag)
    await tags.get_by_role("button", name="Remove Tags 2").click()
    places = _group(page, "Places")
    await places.get_by_role("button", name="Add").click()
    await places.get_by_role("textbox", name="City").fill("Lisbon")
    place = _group(page, "Place")
    await place.get_by_role("checkbox", name="Give a value").check(force=True)
    await place.get_by_role("textbox", name="Value").fill("2")
    limits = page.get_by_role("textbox", name="Limits")
    await limits.fill('{"a": 1')
    await page.get_by_role("button", name="Start", exact=True).click()
    await expect(limits).to_be_focused()
    await expect(limits).to_have_accessible_description(re.compile("This is not JSON yet"))
    await limits.fill('{"a": 1}')
    note = _group(page, "Note")
    await note.get_by_role("checkbox", name="Give a value").check(force=True)
    await note.get_by_role("textbox", name="Value").fill("noted")
    execution = await _started(page, client)
    assert execution["input"] == {
        "word": "hello",
        "times": 3,
        "ratio": 0.125,
        "loud": True,
        "mode": "fast",
        "tags": ["red", "blue"],
        "places": [{"city": "Lisbon", "floor": None}],
        "place": {"city": "Vienna", "floor": 2},
        "limits": {"a": 1},
        "note": "noted",
    }


async def test_form_and_json_show_one_value(page: Page, hosted: Hosted) -> None:
    client = await hosted.person("both@example.com")
    await hosted.open(page, "/handlers/everything", "both@example.com")
    await page.get_by_role("textbox", name="Word").fill("from the form")
    await page.get_by_role("tab", name="JSON").click()
    editor = page.get_by_role("textbox", name="Input as JSON")
    await expect(editor).to_contain_text('"word": "from the form"')
    await editor.click()
    await page.keyboard.press("ControlOrMeta+a")
    await page.keyboard.insert_text('{"word": "from the text", "tags": ["a"], "times": 2')
    await expect(page.get_by_text("This is not JSON yet")).to_be_visible()
    await expect(page.get_by_role("button", name="Start", exact=True)).to_be_disabled()
    await page.keyboard.insert_text("}")
    await page.get_by_role("tab", name="Form").click()
    await expect(page.get_by_role("textbox", name="Word")).to_have_value("from the text")
    await expect(page.get_by_role("textbox", name="Tags 1")).to_have_value("a")
    execution = await _started(page, client)
    assert execution["input"]["word"] == "from the text"


async def test_what_the_server_refuses_stands_at_its_field(page: Page, hosted: Hosted) -> None:
    client = await hosted.person("refused@example.com")
    await hosted.open(page, "/handlers/everything", "refused@example.com")
    await page.get_by_role("textbox", name="Word").fill("hello")
    limits = page.get_by_role("textbox", name="Limits")
    await limits.fill('{"a": "many"}')
    await page.get_by_role("tab", name="JSON").click()
    await page.get_by_role("textbox", name="Input as JSON").click()
    await page.keyboard.press("ControlOrMeta+a")
    await page.keyboard.insert_text('{"word": "hello", "times": 9, "places": [{"city": 1}]}')
    await page.get_by_role("button", name="Start", exact=True).click()
    await expect(page.get_by_role("alert")).to_contain_text("places.0.city: ")
    await page.get_by_role("tab", name="Form").click()
    city = page.get_by_role("textbox", name="City").first
    await expect(city).to_have_attribute("aria-invalid", "true")
    await expect(page.get_by_role("textbox", name="Times")).to_have_attribute(
        "aria-invalid", "true"
    )
    await city.fill("Lisbon")
    await page.get_by_role("textbox", name="Times").fill("4")
    await page.keyboard.press("Tab")
    execution = await _started(page, client)
    assert execution["input"]["times"] == 4


async def test_a_start_may_be_put_off(page: Page, hosted: Hosted) -> None:
    client = await hosted.person("later@example.com")
    await hosted.open(page, "/handlers/fails", "later@example.com")
    await page.get_by_text("Time and priority").click()
    moment = (datetime.now(UTC) + timedelta(days=2)).replace(second=0, microsecond=0)
    local = await page.evaluate(
        """(at) => { const d = new Date(at); d.setMinutes(d.getMinutes() - d.getTimezoneOffset());
            return d.toISOString().slice(0, 16); }""",
        moment.isoformat(),
    )
    await page.get_by_label("Not before").fill(local)
    priority = page.get_by_role("textbox", name="Priority")
    await priority.fill("99999999999")
    await page.get_by_role("button", name="Start", exact=True).click()
    await expect(priority).to_have_attribute("aria-invalid", "true")
    await priority.fill("7")
    await page.keyboard.press("Tab")
    execution = await _started(page, client)
    assert datetime.fromisoformat(execution["run_at"]) == moment
    assert (execution["priority"], execution["state"]) == (7, "queued")


async def test_an_items_own_input_is_completed_by_what_the_schema_proposes(
    page: Page, hosted: Hosted
) -> None:
    client = await hosted.person("item@example.com")
    metadata = {"input": {"word": "of the item", "place": {"city": "Graz"}}}
    body = {"name": "One", "handler": "everything", "metadata": metadata}
    item = (await client.post("/api/items", json=body)).json()
    await hosted.open(page, f"/items/{item['id']}", "item@example.com")
    await page.get_by_role("button", name="Start", exact=True).click()
    await expect(page.get_by_role("textbox", name="Word")).to_have_value("of the item")
    await page.get_by_role("textbox", name="Name").fill("Two")
    await expect(page.get_by_text("Save the item first")).to_be_visible()
    await page.get_by_role("button", name="Save").click()
    await expect(page.get_by_text("Save the item first")).to_have_count(0)
    execution = await _started(page, client)
    assert execution["item_id"] == item["id"]
    assert execution["input"] == {
        **PROPOSED,
        "word": "of the item",
        "place": {"city": "Graz", "floor": None},
    }
    await page.get_by_role("button", name="Run again").click()
    await expect(page.get_by_role("link", name="Two", exact=True)).to_be_visible()
    await page.get_by_role("textbox", name="Word").fill("changed")
    again = await _started(page, client)
    assert (again["item_id"], again["input"]["word"]) == (item["id"], "changed")
    await page.goto(f"{hosted.url}/items/{item['id']}")
    ran = page.get_by_role("region", name="Executions").get_by_role("row")
    await expect(ran.filter(has_text="everything")).to_have_count(2)


async def test_a_handler_that_is_not_there_is_told(page: Page, hosted: Hosted) -> None:
    await hosted.person("nobody@example.com")
    await hosted.open(page, "/handlers/nothing", "nobody@example.com")
    await expect(page.get_by_text("There is no handler called nothing")).to_be_visible()
