"""npm's oidc-provider, a certified OpenID provider, in a process of its own, and a person at its pages."""

import json
import signal
import subprocess
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import httpx2

from tests.tools.children import end
from tests.tools.npm_packages import installed, node

SOURCE = Path(__file__).parent / "oidc_provider"
FILES = ("package.json", "package-lock.json", ".npmrc", "server.mjs")
SECONDS = 30.0


class Certified:
    """One provider at work; `issuer` is where it answers."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self.issuer = ""
        self._process = process
        self._wrote: deque[str] = deque(maxlen=50)
        self._ready = threading.Event()
        self._reading = threading.Thread(target=self._read)
        self._reading.start()

    def await_readiness(self) -> None:
        """Return when it answers.

        Raises:
            AssertionError: it does not; with what it wrote.
        """
        assert self._ready.wait(SECONDS), "".join(self._wrote)
        assert self.issuer, "".join(self._wrote)

    def stop(self) -> None:
        """End it."""
        end(self._process, self._reading, signal.SIGTERM, SECONDS)
        assert self._process.stdin is not None
        self._process.stdin.close()

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self._wrote.append(line)
            if line.startswith('{"issuer":'):
                self.issuer = json.loads(line)["issuer"]
                self._ready.set()
        self._ready.set()


@contextmanager
def certified(clients: list[dict[str, Any]], *, in_id_token: bool) -> Iterator[Certified]:
    """Run one until the block ends. Nothing here is for the event loop."""
    folder = installed(SOURCE, FILES)
    configuration = json.dumps({"clients": clients, "inIdToken": in_id_token})
    process = subprocess.Popen(
        [node(), "server.mjs", configuration],
        cwd=folder,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    running = Certified(process)
    try:
        running.await_readiness()
        yield running
    finally:
        running.stop()


class Person(httpx2.AsyncClient):
    """Somebody at the provider's pages, who fills in what they ask for."""

    async def visit(
        self, url: str, until: str, *, login: str = "ada", refuses: bool = False
    ) -> str:
        """Return the address below `until` to which the pages lead in the end.

        Args:
            login: as whom they sign in; any password does.
            refuses: whether they go back instead of agreeing.
        """
        answer = await self.get(url)
        for _ in range(20):
            if answer.is_redirect:
                target = urljoin(str(answer.url), answer.headers["location"])
                if target.startswith(until):
                    return target
                answer = await self.get(target)
                continue
            assert answer.status_code == 200, answer.text
            page = Page(answer.text)
            if refuses:
                answer = await self.get(urljoin(str(answer.url), page.cancel))
            else:
                filled = page.hidden | ({"login": login, "password": "x"} if page.asks else {})
                answer = await self.post(urljoin(str(answer.url), page.action), data=filled)
        raise AssertionError("the pages lead nowhere")


class Page(HTMLParser):
    """A page with one form: where it goes, what is hidden in it, whether it asks who one is."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.action = ""
        self.cancel = ""
        self.hidden: dict[str, str] = {}
        self.asks = False
        self.feed(text)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        """Note what counts."""
        found = {name: value or "" for name, value in attributes}
        if tag == "form":
            self.action = found["action"]
        if tag == "a" and found.get("href", "").endswith("/abort"):
            self.cancel = found["href"]
        if tag == "input" and found.get("type") == "hidden":
            self.hidden[found["name"]] = found["value"]
        self.asks = self.asks or found.get("name") == "login"
