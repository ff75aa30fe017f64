"""What people do at the page of an execution: answer, cancel, run again, send a signal, share."""

from playwright.async_api import Browser, expect

from tests.tools.execution_page import PATIENCE_MS, ExecutionPage, numbered
from tests.tools.page_watch import PageWatch
from tests.tools.visitors import Visitor

HAS_SOMETHING_FOCUS = "() => document.activeElement !== document.body"


async def test_an_answer_given_in_one_tab_shows_in_the_other(ada: Visitor) -> None:
    execution_id = await ada.starts("asking")
    one, other = await ada.watches(execution_id), await ada.watches(execution_id)
    await one.asks("Keep it?")
    await other.asks("Keep it?")
    await one.button("Yes").click()
    await other.asks("Under which name?")
    await other.says("kept")
    await expect(other.question("Keep it?")).to_have_count(0)
    await other.page.get_by_role("textbox", name="Answer").fill("Ada")
    await other.button("Answer").click()
    await one.is_in("Succeeded")
    await one.says("named Ada")
    await expect(one.page.get_by_role("region", name="Questions")).to_have_count(0)


async def test_who_has_no_mouse_reaches_a_question_and_answers_it(ada: Visitor) -> None:
    shown = await ada.watches(await ada.starts("asking"))
    await shown.asks("Keep it?")
    await shown.goes_by_keyboard_to(shown.button("No"))
    await shown.page.keyboard.press("Enter")
    await shown.asks("Under which name?")
    await shown.says("let go")
    # One goes on where one was: the next stop is the next question.
    await shown.page.wait_for_function(HAS_SOMETHING_FOCUS)
    await shown.page.keyboard.press("Tab")
    await expect(shown.page.get_by_role("textbox", name="Answer")).to_be_focused()
    await shown.page.keyboard.type("Grace")
    await shown.page.keyboard.press("Enter")
    await shown.is_in("Succeeded")
    await shown.says("named Grace")
    await shown.page.wait_for_function(HAS_SOMETHING_FOCUS)


async def test_what_was_cancelled_is_resumed_as_another(ada: Visitor) -> None:
    execution_id = await ada.starts("counting", lines=2)
    shown = await ada.watches(execution_id)
    await shown.says("line 2")
    await shown.button("Cancel").click()
    await shown.button("Cancel the execution").click()
    await shown.is_in("Cancelled")
    await shown.connection_is("Complete")
    await shown.button("Resume").click()
    await shown.page.wait_for_url(lambda url: execution_id not in url)
    await shown.is_in("Running")
    await shown.says("line 2")
    assert await shown.lines() == numbered([1, 2])
    await shown.page.get_by_role("link", name="another").click()
    await shown.page.wait_for_url(lambda url: execution_id in url)
    await shown.is_in("Cancelled")


async def test_what_has_ended_is_run_again_from_the_start_with_changes(ada: Visitor) -> None:
    execution_id = await ada.starts("counting", lines=2)
    shown = await ada.watches(execution_id)
    await ada.signals(execution_id, "more", 0)
    await shown.is_in("Succeeded")
    await expect(shown.button("Resume")).to_have_count(0)
    await shown.button("Run again").click()
    lines = shown.page.get_by_role("textbox", name="Lines")
    await expect(lines).to_have_value("2")
    await lines.fill("3")
    await shown.page.get_by_role("button", name="Start", exact=True).click()
    await shown.says("line 3")


async def test_a_signal_is_sent_from_the_page(ada: Visitor) -> None:
    shown = await ada.watches(await ada.starts("counting", lines=1))
    await shown.says("line 1")
    await shown.button("Send a signal").click()
    await shown.page.get_by_role("textbox", name="Name").fill("more")
    await shown.page.get_by_role("textbox", name="Data").fill("2")
    await shown.button("Send").click()
    await shown.says("line 3")


async def test_a_link_shows_the_log_to_anybody_until_it_is_ended(
    ada: Visitor, browser: Browser
) -> None:
    execution_id = await ada.starts("counting", lines=3)
    shown = await ada.watches(execution_id)
    await shown.says("line 3")
    link = await shown.shares()
    async with await browser.new_context(locale="en-GB") as elsewhere:
        watch = PageWatch(elsewhere)
        page = await elsewhere.new_page()
        await page.goto(link)
        theirs = ExecutionPage(page)
        await theirs.says("line 3")
        await theirs.connection_is("Live")
        assert "#" not in page.url
        await ada.signals(execution_id, "more", 2)
        await theirs.says("line 5")
        assert await theirs.lines() == numbered(range(1, 6))
        for act in ("Cancel", "Share", "Send a signal", "Run again"):
            await expect(theirs.button(act)).to_have_count(0)
        await shown.ends_the_link()
        await theirs.connection_is("No longer live")
        await expect(page.get_by_role("alert")).to_contain_text("This link has ended")
        await expect(theirs.button("Connect again")).to_have_count(0)
        stands = page.get_by_text("Running for")
        before = await stands.text_content()
        await ada.signals(execution_id, "more", 1)
        await shown.says("line 6")
        assert await stands.text_content() == before
        await page.reload()
        await expect(page.get_by_text("This link has ended")).to_be_visible(timeout=PATIENCE_MS)
        await expect(page.get_by_role("link", name="Sign in")).to_have_count(0)
        await expect(theirs.line("line 5")).to_have_count(0)
        watch.check()
