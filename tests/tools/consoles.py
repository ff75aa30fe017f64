"""A console for a file of tests: one server on SQLite, its people, and browsers in which they are signed in."""

import shutil
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.async_api import BrowserContext, Page

from runcast.application import Runcast
from tests.conftest import CHEAP_HASHES, SECRET
from tests.tools.administrators import promote
from tests.tools.people import PASSWORD, SignedIn, sign_in
from tests.tools.serving import serving


@dataclass
class Hosted:
    """A served application; `person` makes one, `enter` signs their browser in."""

    app: Runcast
    url: str
    stack: AsyncExitStack

    async def person(self, email: str, *, is_admin: bool = False) -> SignedIn:
        """Return a client of a new person."""
        client = await self.stack.enter_async_context(sign_in(self.app, email))
        if is_admin:
            await promote(self.app, client)
        return client

    async def enter(self, context: BrowserContext, email: str) -> None:
        """Sign a browser in, as a page of the console would."""
        await enter(context, self.url, email)

    async def open(self, page: Page, path: str, email: str | None = None) -> None:
        """Open a page of the console, signed in as this person before."""
        if email is not None:
            await self.enter(page.context, email)
        await page.goto(self.url + path)


async def enter(context: BrowserContext, url: str, email: str) -> None:
    """Sign a browser in by the cookie of a session, as a page of the server at this address would."""
    form: dict[str, str | float | bool] = {
        "grant_type": "password",
        "username": email,
        "password": PASSWORD,
        "cookie": "true",
    }
    headers = {"Origin": url, "Sec-Fetch-Site": "same-origin"}
    answer = await context.request.post(f"{url}/api/auth/token", form=form, headers=headers)
    assert answer.status == 200, await answer.text()


@asynccontextmanager
async def hosting(
    template: Path,
    folder: Path,
    *,
    prepare: Callable[[Runcast], None] = lambda _: None,
    port: int = 0,
    **settings: Any,
) -> AsyncIterator[Hosted]:
    """Serve an application of its own until the block ends.

    Args:
        template: a database file with the schema in it, to be copied.
        folder: where the copy is to be.
        prepare: what is done to the application before it starts.
        port: where it listens; any free one, if 0.
        settings: of the application.
    """
    shutil.copy(template, folder / "runcast.db")
    options = {"rate_limits": "off", **CHEAP_HASHES, **settings}
    app = Runcast(database_url=f"sqlite:///{folder / 'runcast.db'}", secret_key=SECRET, **options)
    prepare(app)
    async with serving(app, port=port) as running, AsyncExitStack() as stack:
        yield Hosted(app, settings.get("public_url") or running.url, stack)
