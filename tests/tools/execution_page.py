"""The page of one execution in the console, as somebody reads it who waits for what is to come."""

import asyncio
import re
from collections.abc import Iterable

from playwright.async_api import Locator, Page, Response, expect

PATIENCE_MS = 30_000
MOST_STROKES = 60
HAS_FOCUS = "(element) => element === document.activeElement"
# What a browser says of a server that is not there.
UNREACHED = r"net::ERR_(CONNECTION_REFUSED|CONNECTION_RESET|EMPTY_RESPONSE|SOCKET_NOT_CONNECTED)"
REACHED = r"""(least) => {
    const rows = document.querySelectorAll("[aria-label=Log][role=region] [data-level]");
    const numbers = [...rows].map((row) => Number(/line (\d+)$/.exec(row.textContent)?.[1] ?? 0));
    return Math.max(...numbers) >= least;
}"""
_SAID = re.compile(r"line \d+$")


def is_renewal(response: Response) -> bool:
    """Whether the page was given another access token."""
    return response.url.endswith("/api/auth/token")


def numbered(numbers: Iterable[int]) -> list[str]:
    """Return the lines that the handlers of `told_app` say."""
    return [f"line {number}" for number in numbers]


class ExecutionPage:
    """One tab that shows an execution."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.log = page.get_by_role("region", name="Log", exact=True)

    def button(self, name: str) -> Locator:
        """Return a button by the whole of its name."""
        return self.page.get_by_role("button", name=name, exact=True)

    def line(self, text: str) -> Locator:
        """Return a line of the log, if it is among those in sight."""
        return self.log.get_by_text(text, exact=True)

    async def says(self, text: str) -> None:
        """Wait until the line is in sight."""
        await expect(self.line(text)).to_be_visible(timeout=PATIENCE_MS)

    async def reaches(self, number: int) -> None:
        """Wait until a line is in sight whose number is at least this."""
        await self.page.wait_for_function(REACHED, arg=number, timeout=PATIENCE_MS)

    async def is_in(self, state: str) -> None:
        """Wait until the heading tells the state."""
        await expect(self.page.get_by_role("heading", level=1)).to_contain_text(
            state, timeout=PATIENCE_MS
        )

    async def connection_is(self, words: str) -> None:
        """Wait until this is how the connection is."""
        group = self.page.get_by_role("group", name="Connection")
        told = group.filter(has_text=re.compile(f"^{words}$"))
        await expect(told).to_be_visible(timeout=PATIENCE_MS)

    async def asks(self, prompt: str) -> None:
        """Wait until a question is there."""
        await expect(self.question(prompt)).to_be_visible(timeout=PATIENCE_MS)

    def question(self, prompt: str) -> Locator:
        """Return a question that is open."""
        return self.page.get_by_role("region", name="Questions").get_by_text(prompt, exact=True)

    async def renews_for(self, seconds: float) -> None:
        """Watch it be given access tokens for so long, live all the while."""
        now = asyncio.get_running_loop().time
        until = now() + seconds
        while now() < until:
            async with self.page.expect_response(is_renewal, timeout=PATIENCE_MS) as waiting:
                await self.connection_is("Live")
            assert (await waiting.value).ok

    async def is_at_the_sign_in(self) -> None:
        """Wait until the page has gone there, because the session has ended."""
        await self.page.wait_for_url("**/sign-in**", timeout=PATIENCE_MS)
        await expect(self.page.get_by_text("Your session has ended")).to_be_visible()

    async def shares(self) -> str:
        """Make a link, and return it; the dialog stays open."""
        await self.button("Share").click()
        await self.button("Make a link").click()
        return await self.page.get_by_role("textbox", name="Link").input_value()

    async def ends_the_link(self) -> None:
        """End the only link that there is, and close the dialog."""
        links = self.page.get_by_role("list", name="Links")
        await links.get_by_role("button", name="End").click()
        await expect(links).to_have_count(0)
        await expect(self.page.get_by_role("textbox", name="Link")).to_have_count(0)
        await self.button("Close").click()

    async def goes_by_keyboard_to(self, element: Locator) -> None:
        """Press Tab until the element has the focus."""
        for _ in range(MOST_STROKES):
            await self.page.keyboard.press("Tab")
            if await element.evaluate(HAS_FOCUS):
                return
        raise AssertionError(f"Tab does not lead to {element}")

    async def lines(self) -> list[str]:
        """Return what the handler said, in sight or not: what one takes along of the log."""
        async with self.page.expect_download() as waiting:
            await self.button("Download the lines shown").click()
        path = await (await waiting.value).path()
        # A moment and a level stand before each.
        texts = (line.split(" ", 2)[2] for line in path.read_text().splitlines())
        return [text for text in texts if _SAID.match(text)]
