"""A real `runcast serve` in a folder of its own, to be asked, killed, stopped and started again."""

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path
from types import TracebackType

import httpx2
import orjson

from tests.tools.children import address_in, end

READY_SECONDS = 20.0
STOP_SECONDS = 20.0
COMMAND = Path(sys.executable).with_name("runcast")


class ServerProcess:
    """`with ServerProcess(app_file, folder) as server:` serves until the block ends.

    The folder is where the process works: its data lie in `runcast-data` there, what it writes to
    stderr in `stderr.txt`. `kill` and `terminate` end it in between, `start` begins the next one on the
    same data, at another port.

    Args:
        app_file: the application; its `app` is served.
        folder: where to work.
        settings: `RUNCAST_*` variables by their lower-case names without the prefix; those of the test's
            own environment are not handed on.
    """

    def __init__(self, app_file: Path, folder: Path, **settings: object) -> None:
        self.folder = folder
        self.url = ""
        self.printed: list[str] = []
        self._app_file = app_file
        self._settings = settings
        self._process: subprocess.Popen[str] | None = None
        self._reading: threading.Thread | None = None

    @property
    def pid(self) -> int:
        """The id of the running process."""
        assert self._process is not None
        return self._process.pid

    @property
    def data_folder(self) -> Path:
        """Where its database is."""
        return self.folder / "runcast-data"

    @property
    def database(self) -> Path:
        """Its SQLite file."""
        return self.data_folder / "runcast.db"

    def start(self) -> None:
        """Start a process, and return when it tells its address.

        Raises:
            AssertionError: it ended instead, or told nothing within 20 s; with what it wrote.
        """
        assert self._process is None, "it runs already"
        self.printed = []
        ready = threading.Event()
        with (self.folder / "stderr.txt").open("a") as errors:
            self._process = subprocess.Popen(
                [COMMAND, "serve", str(self._app_file), "--port", "0"],
                cwd=self.folder,
                env=environment(self._settings),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
            )
        self._reading = threading.Thread(target=self._read, args=(self._process, ready))
        self._reading.start()
        if not ready.wait(READY_SECONDS) or not self.url:
            self.kill()
            raise AssertionError(f"the server did not start: {self.printed} {self.errors()}")

    def kill(self) -> None:
        """End the process with SIGKILL, and return when it is gone; if there is none, do nothing."""
        self._end(signal.SIGKILL)

    def terminate(self) -> int | None:
        """Ask the process with SIGTERM to end; return its exit status, None if there is no process.

        Raises:
            subprocess.TimeoutExpired: it did not end within 20 s; it is killed.
        """
        return self._end(signal.SIGTERM)

    def wait(self) -> int:
        """Return the exit status of a process that ends by itself.

        Raises:
            subprocess.TimeoutExpired: it did not within 20 s.
        """
        assert self._process is not None
        status = self._process.wait(STOP_SECONDS)
        self._end(signal.SIGKILL)
        return status

    def restart(self) -> None:
        """Kill the process, and start the next one."""
        self.kill()
        self.start()

    def client(self) -> httpx2.Client:
        """Return a client of the running process, signed in by its local credential."""
        written = orjson.loads((self.data_folder / "local-credential.json").read_bytes())
        headers = {"Authorization": f"Bearer {written['token']}"}
        return httpx2.Client(base_url=self.url, headers=headers, timeout=20, trust_env=False)

    def errors(self) -> str:
        """Return what its processes wrote to stderr."""
        return (self.folder / "stderr.txt").read_text()

    def __enter__(self) -> "ServerProcess":
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
        for line in process.stdout:
            self.printed.append(line.rstrip("\n"))
            if line.startswith("API "):
                self.url = address_in(line)
                ready.set()
        ready.set()

    def _end(self, number: signal.Signals) -> int | None:
        process, self._process = self._process, None
        self.url = ""
        if process is None or self._reading is None:
            return None
        return end(process, self._reading, number, STOP_SECONDS)


def environment(settings: dict[str, object]) -> dict[str, str]:
    """Return an environment of a process with these settings of Runcast, and no others."""
    ours = {k: v for k, v in os.environ.items() if not k.startswith("RUNCAST_")}
    # One program asks for many people in these tests; a test of rates says so.
    settings = {"rate_limits": "off", **settings}
    return {**ours, **{f"RUNCAST_{name.upper()}": str(value) for name, value in settings.items()}}
