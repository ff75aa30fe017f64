"""One process of a cluster, an API, a worker or both, with a folder and a port of its own: start, stop, kill, hold."""

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

from tests.tools.children import end
from tests.tools.processes import environment
from tests.tools.releases import preferring
from tests.tools.valkey import free_port

READY_SECONDS = 30.0
STOP_SECONDS = 60.0
COMMAND = Path(sys.executable).with_name("runcast")


class NotReady(Exception):
    """The process ended, or said nothing in time, instead of getting ready; with what it wrote."""


class Node:
    """A `runcast serve`, with a worker or without, or a `runcast worker`; nothing here is for the event loop.

    Args:
        name: "api1" serves, "worker2" works, "alone" does both.
        app_file: the application.
        folder: where it works; what it writes to stderr goes to `stderr.txt` there.
        site: a folder of packages that come before the installed ones: another release.
        settings: `RUNCAST_*` variables by their lower-case names without the prefix.
    """

    def __init__(
        self,
        name: str,
        app_file: Path,
        folder: Path,
        site: Path | None = None,
        /,
        **settings: object,
    ) -> None:
        self.name = name
        self.folder = folder
        self.port = free_port()
        self._app_file = app_file
        env = environment(settings)
        self._environment = env if site is None else preferring(site, env)
        self._process: subprocess.Popen[str] | None = None
        self._reading: threading.Thread | None = None

    @property
    def serves(self) -> bool:
        """Whether it is an API."""
        return not self.name.startswith("worker")

    @property
    def url(self) -> str:
        """Where an API answers, while it runs."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def pid(self) -> int:
        """The id of the running process."""
        assert self._process is not None
        return self._process.pid

    @property
    def runs(self) -> bool:
        """Whether the process has been started and has not ended."""
        return self._process is not None and self._process.poll() is None

    def start(self) -> None:
        """Start it, and return when it is ready.

        Raises:
            NotReady: it ended instead, or took longer than 30 s; it is gone then.
        """
        assert self._process is None, "it runs already"
        self.folder.mkdir(exist_ok=True)
        over, said = threading.Event(), list[str]()
        with (self.folder / "stderr.txt").open("a") as errors:
            self._process = subprocess.Popen(
                [COMMAND, *self._arguments()],
                cwd=self.folder,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
            )
        self._reading = threading.Thread(target=_read, args=(self._process, said, over))
        self._reading.start()
        if not over.wait(READY_SECONDS) or not said:
            self.kill()
            raise NotReady(f"{self.name}: {self.errors()[-2000:]}")

    def start_in_the_end(self, seconds: float) -> None:
        """Start it as a supervisor does: again and again, because what it needs may be away.

        Raises:
            NotReady: it did not start for so long.
        """
        until = time.monotonic() + seconds
        while True:
            try:
                return self.start()
            except NotReady:
                if time.monotonic() > until:
                    raise
                time.sleep(0.2)

    def kill(self) -> None:
        """End it with SIGKILL, and return when it is gone; if there is none, do nothing."""
        self._end(signal.SIGKILL)

    def terminate(self) -> int | None:
        """Ask it with SIGTERM to end; return its exit status, None if there was no process.

        Raises:
            subprocess.TimeoutExpired: it did not end within a minute; it is killed.
        """
        return self._end(signal.SIGTERM)

    def hold(self) -> None:
        """Stop its clock with SIGSTOP, until `go_on`."""
        os.kill(self.pid, signal.SIGSTOP)

    def go_on(self) -> None:
        """Let it go on with SIGCONT; if there is no process, do nothing."""
        if self.runs:
            os.kill(self.pid, signal.SIGCONT)

    def errors(self) -> str:
        """Return what its processes wrote to stderr."""
        path = self.folder / "stderr.txt"
        return path.read_text() if path.exists() else ""

    def _arguments(self) -> list[str]:
        if not self.serves:
            return ["worker", str(self._app_file)]
        worker = [] if self.name.startswith("alone") else ["--no-worker"]
        return ["serve", str(self._app_file), *worker, "--port", str(self.port)]

    def _end(self, number: signal.Signals) -> int | None:
        process, self._process = self._process, None
        if process is None or self._reading is None:
            return None
        return end(process, self._reading, number, STOP_SECONDS)


def _read(process: "subprocess.Popen[str]", said: list[str], over: threading.Event) -> None:
    """Keep the line that says that it is ready; the waiting is over then, or when it says no more."""
    assert process.stdout is not None
    for line in process.stdout:
        if line.startswith(("API ", "worker ")):
            said.append(line)
            over.set()
    over.set()
