"""What breaks while an execution is watched: the server, the network, a credential, a proxy without sockets."""

import asyncio
import re
from pathlib import Path

from playwright.async_api import BrowserContext, Response, expect
from starlette.types import ASGIApp, Receive, Scope, Send

from runcast.application import Runcast
from tests.tools import told_app
from tests.tools.consoles import hosting
from tests.tools.execution_page import PATIENCE_MS, UNREACHED, ExecutionPage, numbered
from tests.tools.nodes import Node
from tests.tools.page_watch import PageWatch
from tests.tools.told_app import add_told
from tests.tools.visitors import Visitor, visiting

# What a browser says where there is no network.
CUT_OFF = r"net::ERR_(INTERNET_DISCONNECTED|NETWORK_CHANGED)"
TOKEN_SECONDS = 2


def is_stream(response: Response) -> bool:
    """Whether the answer is a feed over HTTP."""
    return response.headers.get("content-type", "").startswith("text/event-stream")


async def test_a_server_that_is_killed_and_comes_back_is_gone_on_with(
    context: BrowserContext, watch: PageWatch, tmp_path: Path
) -> None:
    settings = {"park_seconds": 3600, "password_memory_kib": 64, "password_passes": 1}
    node = Node("alone", Path(told_app.__file__), tmp_path, **settings)
    await asyncio.to_thread(node.start)
    try:
        async with visiting(context, node.url, "ada@example.com") as ada:
            execution_id = await ada.starts("streaming", lines=10)
            shown = await ada.watches(execution_id)
            await shown.reaches(30)
            watch.allow(UNREACHED)
            await asyncio.to_thread(node.kill)
            await shown.connection_is("Connecting again.*")
            await asyncio.to_thread(node.start)
            again = shown.page.get_by_text(re.compile("^Running for .*, attempt 2$"))
            await expect(again).to_be_visible(timeout=PATIENCE_MS)
            await shown.connection_is("Live")
            await shown.reaches(60)
            await ada.signals(execution_id, "stop")
            await shown.is_in("Succeeded")
            assert await shown.lines() == numbered(range(1, await ada.result(execution_id) + 1))
            await expect(shown.page.get_by_role("button", name="ada")).to_be_visible()
    finally:
        await asyncio.to_thread(node.kill)


async def test_a_network_that_was_away_takes_no_line_with_it(
    ada: Visitor, watch: PageWatch
) -> None:
    execution_id = await ada.starts("streaming", lines=10)
    shown = await ada.watches(execution_id)
    await shown.reaches(30)
    watch.allow(CUT_OFF)
    await ada.context.set_offline(True)
    notice = shown.page.get_by_text("The server cannot be reached")
    await expect(notice).to_be_visible(timeout=PATIENCE_MS)
    await ada.signals(execution_id, "stop")
    await shown.connection_is("Connecting.*")
    await ada.context.set_offline(False)
    await expect(notice).to_be_hidden(timeout=PATIENCE_MS)
    await shown.is_in("Succeeded")
    assert await shown.lines() == numbered(range(1, await ada.result(execution_id) + 1))


async def test_a_credential_that_expires_signs_nobody_out_and_costs_no_line(
    context: BrowserContext,
    watch: PageWatch,
    sqlite_template: Path,
    tmp_path: Path,
) -> None:
    settings = {"access_token_seconds": TOKEN_SECONDS, "park_seconds": 3600}
    async with (
        hosting(sqlite_template, tmp_path, prepare=add_told, **settings) as hosted,
        visiting(context, hosted.url, "ada@example.com") as ada,
    ):
        execution_id = await ada.starts("streaming", lines=10)
        shown = await ada.watches(execution_id)
        await shown.renews_for(TOKEN_SECONDS + 1)
        await ada.signals(execution_id, "stop")
        await shown.is_in("Succeeded")
        assert await shown.lines() == numbered(range(1, await ada.result(execution_id) + 1))
        assert "/sign-in" not in shown.page.url
        assert watch.faults == []


async def test_a_session_that_is_ended_takes_both_tabs_to_the_sign_in(ada: Visitor) -> None:
    execution_id = await ada.starts("counting")
    tabs = [await ada.watches(execution_id), await ada.watches(execution_id)]
    for tab in tabs:
        await tab.connection_is("Live")
    await ada.ends_other_sessions()
    for tab in tabs:
        await tab.is_at_the_sign_in()


async def test_where_no_socket_gets_through_a_stream_brings_every_line(
    context: BrowserContext, watch: PageWatch, sqlite_template: Path, tmp_path: Path
) -> None:
    def prepare(app: Runcast) -> None:
        add_told(app)
        app.add_middleware(WithoutSockets)

    async with (
        hosting(sqlite_template, tmp_path, prepare=prepare, park_seconds=3600) as hosted,
        visiting(context, hosted.url, "ada@example.com") as ada,
    ):
        watch.allow(r"WebSocket connection to .* failed: .*Unexpected response code: 403")
        execution_id = await ada.starts("counting", lines=3)
        page = await context.new_page()
        async with page.expect_response(is_stream, timeout=PATIENCE_MS):
            await page.goto(f"{ada.url}/executions/{execution_id}")
        shown = ExecutionPage(page)
        await shown.says("line 3")
        await shown.connection_is("Live")
        await ada.signals(execution_id, "more", 2)
        await shown.says("line 5")
        await ada.signals(execution_id, "more", 0)
        await shown.is_in("Succeeded")
        await shown.connection_is("Complete")
        assert await shown.lines() == numbered(range(1, 6))
        assert watch.faults


class WithoutSockets:
    """A proxy that lets no WebSocket through."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse the handshake of a socket; pass all else."""
        if scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.close", "code": 1000})
        else:
            await self._app(scope, receive, send)
