"""One browser for each process of tests, and for each test a context, a page and a server of its own.

All of it lives in one event loop, because Playwright's objects do. What the page must not do fails the
test that saw it (`tests/tools/page_watch.py`).
"""

from collections.abc import AsyncIterator
from pathlib import Path
from uuid import uuid4

import pytest
import pytest_asyncio
from playwright.async_api import Browser, BrowserContext, Page, expect

from runcast.application import Runcast
from runcast.console import FOLDER
from tests.conftest import CHEAP_HASHES, SECRET
from tests.tools.browser import launched
from tests.tools.consoles import Hosted, hosting
from tests.tools.page_watch import PageWatch
from tests.tools.parts import missing
from tests.tools.serving import Serving, serving
from tests.tools.told_app import add_told
from tests.tools.visitors import Visitor, visiting

HERE = Path(__file__).parent
PAGES = ("context", "watch", "page")
# What the page owes may take its time where many tests share two processors.
expect.set_options(timeout=15_000)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run the tests of this folder in the loop of the session, and close their pages before servers end."""
    of_the_session = pytest.mark.asyncio(loop_scope="session")
    for item in items:
        if HERE in item.path.parents and pytest_asyncio.is_async_test(item):
            item.add_marker(of_the_session, append=False)
            # What is set up last is taken down first.
            item.fixturenames.sort(key=PAGES.__contains__)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    """Yield this process's browser."""
    if not (FOLDER / "index.html").exists():
        missing("built console: make console")
    async with launched() as browser:
        yield browser


@pytest_asyncio.fixture(loop_scope="session")
async def context(browser: Browser) -> AsyncIterator[BrowserContext]:
    """Yield what is one person's browser: cookies and storage of its own."""
    context = await browser.new_context(locale="en-GB", reduced_motion="reduce")
    context.set_default_timeout(15_000)
    yield context
    await context.close()


@pytest_asyncio.fixture(loop_scope="session")
async def watch(context: BrowserContext) -> AsyncIterator[PageWatch]:
    """Yield what watches the context's pages; the test fails in the end if it noted something."""
    watch = PageWatch(context)
    yield watch
    # What has happened by now is heard of first.
    await context.close()
    watch.check()


@pytest_asyncio.fixture(loop_scope="session")
async def page(context: BrowserContext, watch: PageWatch) -> Page:
    """Return an empty page that is watched."""
    assert watch.faults == []
    return await context.new_page()


@pytest_asyncio.fixture(loop_scope="session")
async def served(sqlite_url: str) -> AsyncIterator[Serving]:
    """Yield a real server of an application with nothing of its own, on SQLite."""
    app = Runcast(database_url=sqlite_url, secret_key=SECRET, **CHEAP_HASHES)
    async with serving(app) as running:
        yield running


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def told_server(
    sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[str]:
    """Yield where a module's server is whose handlers do as they are told, on SQLite."""
    folder = tmp_path_factory.mktemp("told")
    # What streams beside a wait would be cut short by parking.
    async with hosting(sqlite_template, folder, prepare=add_told, park_seconds=3600) as hosted:
        yield hosted.url


@pytest_asyncio.fixture(loop_scope="session")
async def ada(
    context: BrowserContext, watch: PageWatch, told_server: str
) -> AsyncIterator[Visitor]:
    """Yield somebody new who is signed in, in the context's browser."""
    assert watch.faults == []
    async with visiting(context, told_server, f"ada-{uuid4().hex}@example.com") as visitor:
        yield visitor


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def hosted(
    sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Hosted]:
    """Yield a server that the tests of a file share; each has people of its own there."""
    async with hosting(sqlite_template, tmp_path_factory.mktemp("hosted")) as hosted:
        yield hosted
