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

ROOT = Path(__file__).parent.parent
RUNCAST = Path(sys.executable).parent / "runcast"


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
def runcast(app: Path, folder: Path | None = None) -> Iterator[Served]:
    """Serve an application file from a folder of its own until the block ends."""
    with contextlib.ExitStack() as stack:
        if folder is None:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        began = time.perf_counter()
        process = subprocess.Popen(
            [RUNCAST, "serve", str(app), "--port", "0"],
            cwd=folder,
            stdout=subprocess.PIPE,
            text=True,
        )
        stack.callback(_end, process)
        url = _address(process)
        took = time.perf_counter() - began
        told = json.loads((folder / "runcast-data" / "local-credential.json").read_text())
        yield Served(url, told["token"], process.pid, folder, took)


def _address(process: "subprocess.Popen[str]") -> str:
    assert process.stdout is not None
    for line in process.stdout:
        if line.startswith("API"):
            return line.split()[1].removesuffix("/api")
    raise RuntimeError("the server ended before it said its address")


def _end(process: "subprocess.Popen[str]") -> None:
    process.send_signal(signal.SIGTERM)
    process.wait(timeout=30)
