"""Runcast's command line as real processes: a server on a free port, and commands that speak to it."""

import asyncio
import os
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from runcast.cli.connection import find
from runcast.cli.login_file import LoginFile
from runcast_client import Client
from tests.tools.children import address_in

SECONDS = 30.0
# A shell that runs tests in the background has its children ignore the interrupt.
_MAIN = (
    "import signal; signal.signal(signal.SIGINT, signal.default_int_handler); "
    "from runcast.cli import main; main()"
)


class CommandLine:
    """Runs commands in one folder, with no setting but those given and a home of their own."""

    def __init__(self, folder: Path, **settings: str) -> None:
        self.folder = folder
        kept = {key: it for key, it in os.environ.items() if not key.startswith("RUNCAST_")}
        self.environment = {
            **kept,
            "XDG_CONFIG_HOME": str(folder / "config"),
            "TERM": "xterm-256color",
            "RUNCAST_PASSWORD_MEMORY_KIB": "64",
            "RUNCAST_PASSWORD_PASSES": "1",
            **settings,
        }

    async def begin(
        self, *arguments: str, stdin: int | None = None, stdout: int = PIPE, stderr: int = PIPE
    ) -> Process:
        """Start a command."""
        return await asyncio.create_subprocess_exec(
            sys.executable,
            *("-c", _MAIN, *arguments),
            cwd=self.folder,
            env=self.environment,
            stdin=asyncio.subprocess.DEVNULL if stdin is None else stdin,
            stdout=stdout,
            stderr=stderr,
        )

    async def run(self, *arguments: str, typed: str = "") -> tuple[int, str, str]:
        """Return exit status, output and error output of a command."""
        process = await self.begin(*arguments, stdin=PIPE)
        async with ending(process):
            out, err = await asyncio.wait_for(process.communicate(typed.encode()), SECONDS)
        assert process.returncode is not None
        return process.returncode, out.decode(), err.decode()

    @asynccontextmanager
    async def client(self) -> AsyncIterator[Client]:
        """Yield a client with the folder's local credential."""
        nobody = LoginFile(self.folder / "nobody")
        server = await asyncio.to_thread(find, {}, nobody, self.folder / "runcast-data")
        async with Client(server.url, server.credential) as client:
            yield client


class ServerProcess:
    """`runcast serve` of one application; after a kill it comes back on the same port."""

    def __init__(self, command_line: CommandLine, app: Path) -> None:
        self._command_line = command_line
        self._app = app
        self._port = "0"
        self.url = ""
        self._process: Process | None = None

    async def start(self) -> None:
        """Start it, and return once it answers at `url`."""
        serving = await self._command_line.begin(
            *("serve", str(self._app), "--port", self._port), stderr=asyncio.subprocess.STDOUT
        )
        self._process = serving
        line = await line_with(serving, "API ")
        self.url = address_in(line)
        self._port = self.url.rpartition(":")[2]

    async def kill(self) -> None:
        """End it as a power cut would."""
        await self._end(signal.SIGKILL)

    async def stop(self) -> None:
        """Ask it to stop, and wait until it has."""
        await self._end(signal.SIGTERM)

    async def _end(self, how: signal.Signals) -> None:
        if self._process is not None and self._process.returncode is None:
            self._process.send_signal(how)
            await asyncio.wait_for(self._process.communicate(), SECONDS)


@asynccontextmanager
async def served(command_line: CommandLine, app: Path) -> AsyncIterator[ServerProcess]:
    """Serve an application for the block."""
    server = ServerProcess(command_line, app)
    try:
        await server.start()
        yield server
    finally:
        await server.stop()


@asynccontextmanager
async def ending(process: Process) -> AsyncIterator[Process]:
    """End the process with the block, if it has not ended by itself."""
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def line_with(process: Process, text: str) -> str:
    """Read output up to the line that holds the text, and return that line."""
    return (await lines_to(process, text))[-1]


async def lines_to(process: Process, text: str) -> list[str]:
    """Return the lines of output up to the one that holds the text."""
    lines: list[str] = []
    async with asyncio.timeout(SECONDS):
        while not lines or text not in lines[-1]:
            assert process.stdout is not None
            read = await process.stdout.readline()
            assert read, f"ended before it said {text!r}: {lines}"
            lines.append(read.decode().rstrip("\n"))
    return lines
