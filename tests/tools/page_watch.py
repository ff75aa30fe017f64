"""What a page must not do, noted while a test drives it: errors, refusals by policy, requests to others."""

import re
from urllib.parse import urlsplit

from playwright.async_api import BrowserContext, ConsoleMessage, Request, Response, WebError

# What the server refuses is an answer, which the browser reports as an error of the page all the same.
_REFUSED = re.compile(r"Failed to load resource: the server responded with a status of 4\d\d")
_OURS = {"127.0.0.1", "localhost"}


class PageWatch:
    """Notes what goes wrong in all pages of a context.

    Attributes:
        faults: what has been noted, in words.
        refused: what the server has refused; no fault by itself, for a test to look at.
    """

    def __init__(self, context: BrowserContext) -> None:
        self.faults: list[str] = []
        self.refused: list[str] = []
        self._allowed: list[re.Pattern[str]] = []
        context.on("console", self._console)
        context.on("weberror", self._error)
        context.on("request", self._request)
        context.on("response", self._response)

    def allow(self, pattern: str) -> None:
        """Expect faults that this is found in: those of before, and those to come."""
        self._allowed.append(re.compile(pattern))

    def check(self) -> None:
        """Do nothing if all is well.

        Raises:
            AssertionError: something was noted that nobody allowed.
        """
        wrong = [
            one for one in self.faults if not any(known.search(one) for known in self._allowed)
        ]
        assert not wrong, "\n".join(wrong)

    def _console(self, message: ConsoleMessage) -> None:
        of_the_api = urlsplit(str(message.location.get("url", ""))).path.startswith("/api/")
        is_answer = of_the_api and _REFUSED.match(message.text)
        if message.type == "error" and not is_answer:
            self.faults.append(f"console: {message.text}")

    def _error(self, error: WebError) -> None:
        self.faults.append(f"page: {error.error}")

    def _request(self, request: Request) -> None:
        address = urlsplit(request.url)
        if address.scheme in {"http", "https", "ws", "wss"} and address.hostname not in _OURS:
            self.faults.append(f"request: {request.url}")

    def _response(self, response: Response) -> None:
        if response.status >= 400:
            path = urlsplit(response.url).path
            self.refused.append(f"{response.request.method} {path}: {response.status}")
