"""A log of a hundred thousand events, opened cold."""

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio
from playwright.async_api import BrowserContext, expect

from runcast.clock import rfc3339
from runcast.runtime import Runtime
from runcast.services.event_log import NewEvent
from runcast.services.event_log.units import Append
from tests.tools.consoles import Hosted, hosting
from tests.tools.execution_page import PATIENCE_MS, ExecutionPage
from tests.tools.page_watch import PageWatch
from tests.tools.stories import Story, begin

EVENTS = 100_000
IN_A_COMMIT = 10_000


@pytest_asyncio.fixture(loop_scope="session")
async def hosted(sqlite_template: Path, tmp_path: Path) -> AsyncIterator[Hosted]:
    """Yield a server."""
    async with hosting(sqlite_template, tmp_path) as hosted:
        yield hosted


async def test_it_shows_its_last_line_and_leads_to_any_other(
    context: BrowserContext, watch: PageWatch, hosted: Hosted
) -> None:
    runtime: Runtime = hosted.app.state.runtime
    person = await hosted.person("ada@example.com")
    story = await begin(runtime, person.user["id"])
    for first in range(1, EVENTS, IN_A_COMMIT):
        await _say(story, range(first, first + IN_A_COMMIT))
    await story.end()
    page = await context.new_page()
    await hosted.open(page, f"/executions/{story.id}", "ada@example.com")
    shown = ExecutionPage(page)
    await shown.connection_is("Complete")
    await shown.says(f"line {EVENTS}")
    await shown.is_in("Succeeded")
    await expect(shown.log.get_by_text("line 1", exact=True)).to_have_count(0)
    search = page.get_by_role("searchbox", name="Search the log")
    await search.fill("line 50000")
    await expect(page.get_by_role("search").get_by_role("status")).to_have_text(
        "1", timeout=PATIENCE_MS
    )
    await search.press("Enter")
    await expect(shown.line("line 50000")).to_be_in_viewport()
    await shown.log.press("Home")
    await expect(shown.line("line 1")).to_be_in_viewport()
    assert watch.faults == []


async def _say(story: Story, numbers: range) -> None:
    at = rfc3339(story.runtime.clock.now())
    events = tuple(
        NewEvent("log", json.dumps({"level": "info", "message": f"line {n}", "fields": {}}), at)
        for n in numbers
    )
    await story.runtime.log.write(Append(execution_id=story.id, claim=story.claim, events=events))
