"""The overview: what runs, waits and fails, and where its counts lead."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Page, expect

from tests.tools.consoles import Hosted, hosting
from tests.tools.form_app import add_forms

DRAWN = """(canvas) => {
    const { width, height } = canvas;
    const { data } = canvas.getContext("2d").getImageData(0, 0, width, height);
    return new Set(new Uint32Array(data.buffer)).size > 2;
}"""


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def hosted(
    sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Hosted]:
    """Yield a server on which something has succeeded, failed, and waits."""
    folder = tmp_path_factory.mktemp("hosted")
    async with hosting(sqlite_template, folder, prepare=add_forms) as hosted:
        client = await hosted.person("busy@example.com")
        await hosted.person("root@example.com", is_admin=True)
        for handler, given in (
            ("everything", {"word": "a"}),
            ("fails", {}),
            ("fails", {}),
            ("waits", {}),
        ):
            body = {"handler": handler, "input": given}
            assert (await client.post("/api/executions", json=body)).is_success
        yield hosted


async def test_counts_lead_to_the_executions_that_they_count(page: Page, hosted: Hosted) -> None:
    await hosted.open(page, "/", "busy@example.com")
    counts = page.get_by_role("list", name="Executions by state")
    await expect(counts.get_by_role("link", name="1 waiting")).to_be_visible()
    await expect(counts.get_by_role("link", name="1 succeeded")).to_be_visible()
    await counts.get_by_role("link", name="2 failed").click()
    await page.wait_for_url("**/executions?state=failed")
    rows = page.get_by_role("row").filter(has_text="fails")
    await expect(rows).to_have_count(2)
    await expect(page.get_by_role("row").filter(has_text="everything")).to_have_count(0)
    await page.go_back()
    await expect(page.get_by_role("region", name="Failed last")).to_contain_text("fails")
    await expect(
        page.get_by_role("region", name="Waiting for somebody, or for time")
    ).to_contain_text("waits")


async def test_charts_are_drawn_and_told_in_words(page: Page, hosted: Hosted) -> None:
    await hosted.open(page, "/", "busy@example.com")
    await expect(page.get_by_text("3 ended, 2 failed")).to_be_visible()
    await expect(page.get_by_role("region", name="Workers")).to_have_count(0)
    for title in ("Ended", "Duration", "Queue"):
        canvas = page.get_by_role("figure").filter(has_text=title).locator("canvas")
        await expect(canvas).to_be_visible()
        assert await canvas.evaluate(DRAWN), title


async def test_the_period_and_whose_they_are_stand_in_the_address(
    page: Page, hosted: Hosted
) -> None:
    await hosted.open(page, "/", "root@example.com")
    await expect(page.get_by_text("Nothing has run yet")).to_be_visible()
    load = page.get_by_role("region", name="Workers").get_by_role("progressbar", name="Load of")
    await expect(load).to_have_count(1)
    await page.get_by_role("switch", name="Everyone's executions").check(force=True)
    await page.wait_for_url("**/?everyone=yes")
    await expect(page.get_by_role("link", name="2 failed")).to_be_visible()
    await page.get_by_role("radio", name="Last day").check(force=True)
    await page.wait_for_url("**/?*period=day*")
    await page.reload()
    await expect(page.get_by_role("radio", name="Last day")).to_be_checked()
    await expect(page.get_by_role("link", name="2 failed")).to_be_visible()
