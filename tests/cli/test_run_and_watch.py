"""`runcast run` and `runcast watch` as real processes against a real server."""

import asyncio
import os
import re
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import orjson
import pytest

from runcast_client import Event
from tests.tools import gated_app
from tests.tools.command_line import (
    SECONDS,
    CommandLine,
    ServerProcess,
    ending,
    line_with,
    lines_to,
    served,
)

APP = Path(gated_app.__file__)


@pytest.fixture
def line(tmp_path: Path) -> CommandLine:
    """Return a command line in a folder of the test's own."""
    return CommandLine(tmp_path)


@pytest.fixture
async def server(line: CommandLine) -> AsyncIterator[ServerProcess]:
    """Yield a server of the gated application."""
    async with served(line, APP) as server:
        yield server


@pytest.fixture
def gates(tmp_path: Path) -> Path:
    """Return the folder in which gates are opened."""
    folder = tmp_path / "gates"
    folder.mkdir()
    return folder


def open_gates(folder: Path, *numbers: int) -> None:
    """Let the handler through."""
    for number in numbers:
        (folder / str(number)).touch()


def gated_input(folder: Path, count: int) -> str:
    """Return the input of the gated handler."""
    return orjson.dumps({"folder": str(folder), "count": count}).decode()


async def log_of(line: CommandLine, execution_id: str) -> list[Event]:
    """Return the whole log of an execution that has ended."""
    async with line.client() as client, client.watch(execution_id) as watch:
        return [event async for event in watch]


@pytest.mark.usefixtures("server")
async def test_run_with_watch_shows_the_log_to_its_end(line: CommandLine, gates: Path) -> None:
    open_gates(gates, 0, 1)
    status, out, err = await line.run("run", "gated", "--input", gated_input(gates, 2), "--watch")
    assert (status, err) == (0, "")
    said = re.sub(r"\d\d:\d\d:\d\d ", "", out).splitlines()
    assert "info before gate 0" in said
    assert "progress 2/2" in said
    assert said[-2:] == ["execution succeeded", "2"]
    assert "\x1b" not in out


@pytest.mark.usefixtures("server")
async def test_run_prints_the_id_alone_and_tells_people_how_to_watch(
    line: CommandLine, gates: Path
) -> None:
    open_gates(gates, 0)
    status, out, err = await line.run("run", "gated", "--input", gated_input(gates, 1))
    execution_id = out.strip()
    assert (status, err) == (0, f"Watch it with: runcast watch {execution_id}\n")
    status, out, _ = await line.run("watch", execution_id)
    assert status == 0
    assert "before gate 0" in out


@pytest.mark.usefixtures("server")
@pytest.mark.parametrize(
    ("handler", "status", "said"),
    [("failing", 1, "failed, exception: ValueError: no good"), ("reluctant", 3, "cancelled")],
)
async def test_watch_ends_with_the_status_of_the_execution(
    line: CommandLine, handler: str, status: int, said: str
) -> None:
    found, out, _ = await line.run("run", handler, "--watch")
    assert found == status
    assert said in out.splitlines()[-1]


@pytest.mark.usefixtures("server")
async def test_ctrl_c_stops_watching_and_not_the_execution(line: CommandLine, gates: Path) -> None:
    watcher = await line.begin("run", "gated", "--input", gated_input(gates, 1), "--watch")
    async with ending(watcher):
        await line_with(watcher, "before gate 0")
        watcher.send_signal(signal.SIGINT)
        _, err = await asyncio.wait_for(watcher.communicate(), SECONDS)
    assert watcher.returncode == 130
    execution_id = err.decode().split()[-1]
    assert f"runcast watch {execution_id}" in err.decode()
    async with line.client() as client:
        assert (await client.executions.get(execution_id)).state == "running"
    open_gates(gates, 0)
    status, out, _ = await line.run("watch", execution_id)
    assert (status, out.count("before gate 0")) == (0, 1)


async def test_a_watch_outlives_a_server_that_is_killed(
    line: CommandLine, server: ServerProcess, gates: Path
) -> None:
    open_gates(gates, 0, 1)
    _, out, _ = await line.run("run", "gated", "--input", gated_input(gates, 5))
    execution_id = out.strip()
    watcher = await line.begin("watch", execution_id)
    async with ending(watcher):
        shown = await lines_to(watcher, "before gate 2")
        await server.kill()
        shown += await lines_to(watcher, "connection lost")
        await server.start()
        shown += await lines_to(watcher, "connected again")
        open_gates(gates, 2, 3, 4)
        rest, err = await asyncio.wait_for(watcher.communicate(), SECONDS)
    assert (watcher.returncode, err) == (0, b"")
    log = await log_of(line, execution_id)
    assert [event.seq for event in log] == [*range(1, len(log) + 1)]
    logged = [event.data["message"] for event in log if event.kind == "log"]
    told = re.findall("before gate .", "\n".join(shown) + rest.decode())
    assert told == logged
    passed = [event.data["key"] for event in log if event.kind == "step.succeeded"]
    assert passed == ["pass_gate", *(f"pass_gate#{number}" for number in range(2, 6))]


@pytest.mark.usefixtures("server")
async def test_nothing_that_a_handler_says_commands_the_terminal(line: CommandLine) -> None:
    out = await in_a_terminal(line, "run", "hostile", "--watch")
    for command in ("\x1b]", "\x1b[2J", "\x1b[5;5H", "\x1b[H", "\x9b", "\x07"):
        assert command not in out
    assert "\x1b[31mred" in out
    assert "half a line, and the rest" in out


@pytest.mark.usefixtures("server")
async def test_without_a_terminal_there_is_no_control_code(line: CommandLine) -> None:
    status, out, _ = await line.run("run", "hostile", "--watch")
    assert status == 0
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]", out)


async def test_a_watch_that_cannot_begin_says_why(line: CommandLine, server: ServerProcess) -> None:
    unknown = "00000000-0000-7000-8000-000000000000"
    status, _, err = await line.run("watch", unknown)
    assert (status, err.startswith("runcast watch: 404")) == (4, True)
    await server.stop()
    status, _, err = await line.run("watch", unknown)
    assert status == 4
    assert "Is the server running?" in err


async def in_a_terminal(line: CommandLine, *arguments: str) -> str:
    """Return all that a command writes to a terminal until it has ended well."""
    ours, theirs = os.openpty()
    process = await line.begin(*arguments, stdout=theirs, stderr=theirs)
    os.close(theirs)
    async with ending(process):
        written = await asyncio.wait_for(asyncio.to_thread(_read_all, ours), SECONDS)
        assert await process.wait() == 0, written
    return written.decode()


def _read_all(descriptor: int) -> bytes:
    read = b""
    with os.fdopen(descriptor, "rb", buffering=0) as terminal:
        try:
            while more := terminal.read(65_536):
                read += more
        except OSError:  # so Linux tells the end of a terminal
            return read
    return read


async def test_a_handler_that_is_none_is_answered_with_those_that_are(
    line: CommandLine, server: ServerProcess
) -> None:
    status, out, err = await line.run("run", "inventry")
    assert (status, out) == (4, "")
    assert "no handler is called inventry" in err
    assert "There are: " in err.splitlines()[-1]
    assert "failing" in err
