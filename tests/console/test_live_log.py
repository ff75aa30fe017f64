"""The log of an execution in the page: every line once, as it comes, after a reload, found, filtered, replayed."""

import re

from playwright.async_api import expect

from tests.tools.execution_page import PATIENCE_MS, ExecutionPage, numbered
from tests.tools.visitors import Visitor


async def test_what_is_started_by_its_form_is_watched_to_its_end(ada: Visitor) -> None:
    page = await ada.context.new_page()
    await page.goto(f"{ada.url}/handlers")
    await page.get_by_role("link", name="counting").click()
    await page.get_by_role("textbox", name="Lines").fill("6")
    await page.get_by_role("button", name="Start", exact=True).click()
    shown = ExecutionPage(page)
    await shown.says("line 6")
    await shown.is_in("Running")
    await shown.connection_is("Live")
    execution_id = page.url.split("?")[0].rpartition("/")[2]
    await ada.signals(execution_id, "more", 3)
    await shown.says("line 9")
    await expect(page.get_by_role("group", name="Progress")).to_contain_text("9 done")
    await ada.signals(execution_id, "more", 0)
    await shown.is_in("Succeeded")
    await shown.connection_is("Complete")
    assert await shown.lines() == numbered(range(1, 10))
    await page.get_by_role("tab", name="Details").click()
    await expect(page.get_by_role("tabpanel")).to_contain_text("9")


async def test_a_reload_in_mid_stream_loses_nothing(ada: Visitor) -> None:
    execution_id = await ada.starts("streaming", lines=5)
    shown = await ada.watches(execution_id)
    await shown.reaches(20)
    await shown.page.reload()
    await shown.reaches(100)
    await ada.signals(execution_id, "stop")
    await shown.is_in("Succeeded")
    assert await shown.lines() == numbered(range(1, await ada.result(execution_id) + 1))


async def test_lines_are_found_and_kept_apart_by_how_loud_they_are(ada: Visitor) -> None:
    shown = await ada.watches(await ada.starts("counting", lines=200))
    await shown.says("line 200")
    search = shown.page.get_by_role("searchbox", name="Search the log")
    await search.fill("line 11")
    count = shown.page.get_by_role("search").get_by_role("status")
    await expect(count).to_have_text("11", timeout=PATIENCE_MS)
    await search.press("Enter")
    await expect(count).to_have_text("1 of 11")
    await expect(shown.line("line 11")).to_be_in_viewport()
    await expect(shown.line("line 200")).to_have_count(0)
    await search.press("Escape")
    await shown.page.get_by_label("Level").select_option("Errors")
    # Once nothing is searched any more, the end is followed again.
    await expect(shown.line("line 199")).to_be_in_viewport()
    await expect(shown.line("line 200")).to_have_count(0)
    assert await shown.lines() == numbered(range(3, 201, 4))
    # It is in the address, so that a link leads to the same.
    await shown.page.reload()
    await shown.says("line 199")
    assert await shown.lines() == numbered(range(3, 201, 4))


async def test_who_scrolls_up_finds_the_place_again_and_who_follows_the_end(ada: Visitor) -> None:
    execution_id = await ada.starts("counting", lines=200)
    shown = await ada.watches(execution_id)
    await shown.says("line 200")
    follow = shown.button("Follow the end (f)")
    await expect(follow).to_have_attribute("aria-pressed", "true")
    await shown.log.press("Home")
    await shown.says("line 1")
    await expect(follow).to_have_attribute("aria-pressed", "false")
    await ada.signals(execution_id, "more", 50)
    await expect(shown.page.get_by_role("region", name="Replay")).to_contain_text(
        re.compile(r"25\d events")
    )
    await shown.page.get_by_role("tab", name="Timeline").click()
    await shown.page.get_by_role("tab", name="Log").click()
    await shown.says("line 1")
    await follow.click()
    await shown.says("line 250")


async def test_the_slider_shows_what_was_and_leads_back_to_what_is(ada: Visitor) -> None:
    execution_id = await ada.starts("counting", lines=4)
    shown = await ada.watches(execution_id)
    await shown.says("line 4")
    await ada.signals(execution_id, "more", 3)
    await shown.says("line 7")
    slider = shown.page.get_by_role("slider", name="Moment")
    before = await slider.bounding_box()
    await slider.press("Home")
    await shown.connection_is("Replay")
    await shown.is_in("Queued")
    # It stays where the hand is.
    assert await slider.bounding_box() == before
    await expect(shown.line("line 1")).to_have_count(0)
    forward = shown.button("One event on")
    while await shown.line("line 4").count() == 0:
        await forward.click()
    await shown.is_in("Running")
    assert await shown.lines() == numbered(range(1, 5))
    # What comes meanwhile waits until one is back.
    await ada.signals(execution_id, "more", 2)
    await expect(shown.page.get_by_role("region", name="Replay")).to_contain_text("event 6 of")
    await shown.button("Back to live").click()
    await shown.says("line 9")
    await shown.connection_is("Live")
    assert await shown.lines() == numbered(range(1, 10))
