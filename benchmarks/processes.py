"""Servers under measurement: real processes on loopback, ended by their own id."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx2

from tests.tools.children import address_in

ROOT = Path(__file__).parent.parent
RUNCAST = Path(sys.executable).parent / "runcast"
# One program asks for thousands of people here.
_FOR_THOUSANDS = {
    "RUNCAST_RATE_LIMITS": "off",
    "RUNCAST_SOCKETS_PER_PRINCIPAL": "1000000",
    "RUNCAST_CONNECTIONS_PER_ADDRESS": "1000000",
    "RUNCAST_UNSIGNED_SOCKETS": "1000000",
}


@dataclass(frozen=True, slots=True)
class Served:
    """A server that answers."""

    url: str
    token: str
    pid: int
    folder: Path
    start_seconds: float

    @property
    def port(self) -> int:
        """The port on loopback."""
        return int(self.url.rsplit(":", 1)[1])

    def rss_bytes(self) -> int:
        """Return the resident memory of the process (Linux)."""
        pages = int(Path(f"/proc/{self.pid}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE")

    def cpu_seconds(self) -> float:
        """Return the processor time that the process has used (Linux)."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@contextlib.contextmanager
def runcast(
    app: Path, folder: Path | None = None, database_url: str | None = None, *options: str
) -> Iterator[Served]:
    """Serve an application file until the block ends.

    Args:
        app: the file.
        folder: where to work; one of its own if there is none.
        database_url: of a database with the schema in it; else it is a file in the folder.
        options: of `runcast serve`.
    """
    with contextlib.ExitStack() as stack:
        if folder is None:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        began = time.perf_counter()
        process = subprocess.Popen(
            [RUNCAST, "serve", str(app), "--port", "0", *options],
            cwd=folder,
            env=environment(database_url),
            stdout=subprocess.PIPE,
            text=True,
        )
        stack.callback(_end, process)
        url = _address(process)
        took = time.perf_counter() - began
        yield Served(url, _token(folder, url), process.pid, folder, took)


@contextlib.contextmanager
def working(app: Path, folder: Path, database_url: str) -> Iterator["subprocess.Popen[str]"]:
    """Run a worker of an application file until the block ends, or it was killed."""
    process = subprocess.Popen(
        [RUNCAST, "worker", str(app)],
        cwd=folder,
        env=environment(database_url),
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    try:
        process.stdout.readline()
        yield process
    finally:
        _end(process)


def environment(database_url: str | None) -> dict[str, str]:
    """Return what a process is started with: no settings but the database's and what follows from it."""
    kept = {name: it for name, it in os.environ.items() if not name.startswith("RUNCAST_")}
    if database_url is None:
        return {**kept, **_FOR_THOUSANDS}
    return {
        **kept,
        **_FOR_THOUSANDS,
        "RUNCAST_DATABASE_URL": database_url,
        "RUNCAST_SECRET_KEY": "a secret of the benchmarks, long enough to sign with",
        "RUNCAST_ACCESS_TOKEN_SECONDS": "86400",
        "RUNCAST_LOG_LEVEL": "error",
    }


def _token(folder: Path, url: str) -> str:
    """Return the local credential; without a data folder, the token of one who signs in."""
    path = folder / "runcast-data" / "local-credential.json"
    if path.exists():
        local: str = json.loads(path.read_text())["token"]
        return local
    who = {"email": "bench@example.com", "password": "a password of the benchmarks"}
    httpx2.post(f"{url}/api/auth/register", json=who)
    form = {
        "grant_type": "password",
        "username": who["email"],
        "password": who["password"],
    }
    answer = httpx2.post(f"{url}/api/auth/token", data=form)
    answer.raise_for_status()
    token: str = answer.json()["access_token"]
    return token


def _address(process: "subprocess.Popen[str]") -> str:
    assert process.stdout is not None
    for line in process.stdout:
        if line.startswith("API"):
            return address_in(line)
    raise RuntimeError("the server ended before it said its address")


def _end(process: "subprocess.Popen[str]") -> None:
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=30)
