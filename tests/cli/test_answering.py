"""Questions on the command line, as real processes: asked in a terminal, answered by a command."""

import asyncio
import os
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.tools import asking_app
from tests.tools.command_line import SECONDS, CommandLine, ServerProcess, ending, lines_to, served

APP = Path(asking_app.__file__)


@pytest.fixture
def line(tmp_path: Path) -> CommandLine:
    """Return a command line in a folder of the test's own."""
    return CommandLine(tmp_path)


@pytest.fixture
async def server(line: CommandLine) -> AsyncIterator[ServerProcess]:
    """Yield a server of the application that asks."""
    async with served(line, APP) as server:
        yield server


class Terminal:
    """What a command that runs in a terminal shows, and somebody who types."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self.shown = ""

    def type(self, text: str) -> None:
        """Type something."""
        os.write(self._descriptor, text.encode())

    async def until(self, text: str) -> None:
        """Read until the text is shown, behind what was read before."""
        seen = len(self.shown)
        while text not in self.shown[seen:]:
            more = await asyncio.wait_for(asyncio.to_thread(self._read), SECONDS)
            assert more, f"ended before it showed {text!r}: {self.shown}"
            self.shown += more

    def _read(self) -> str:
        try:
            return os.read(self._descriptor, 65_536).decode()
        except OSError:  # so Linux tells the end of a terminal
            return ""


@asynccontextmanager
async def in_a_terminal(
    line: CommandLine, *arguments: str
) -> AsyncIterator[tuple[Terminal, "asyncio.subprocess.Process"]]:
    """Run a command in a terminal of its own."""
    ours, theirs = os.openpty()
    process = await line.begin(*arguments, stdin=theirs, stdout=theirs, stderr=theirs)
    os.close(theirs)
    try:
        async with ending(process):
            yield Terminal(ours), process
    finally:
        os.close(ours)


@pytest.mark.usefixtures("server")
async def test_a_watch_in_a_terminal_asks_and_sends_what_is_typed(line: CommandLine) -> None:
    async with in_a_terminal(line, "run", "asking", "--watch") as (terminal, process):
        await terminal.until("(question q1: yes or no) ")
        terminal.type("5\n")
        await terminal.until("invalid_answer")
        await terminal.until("(question q1: yes or no) ")
        terminal.type("yes\n")
        await terminal.until("one of low, high")
        terminal.type("high\n")
        await terminal.until("succeeded")
        assert await asyncio.wait_for(process.wait(), SECONDS) == 0


@pytest.mark.usefixtures("server")
async def test_without_a_terminal_the_command_that_answers_is_told_and_works(
    line: CommandLine,
) -> None:
    watcher = await line.begin("run", "asking", "--watch")
    async with ending(watcher):
        told = (await lines_to(watcher, "Answer it with: "))[-1].partition("with: runcast ")[2]
        *command, value = told.split()
        assert value == "VALUE"
        status, out, err = await line.run(*command, "maybe")
        assert (status, out) == (4, "")
        assert "maybe" in err
        assert (await line.run(*command, "true"))[0] == 0
        assert (await line.run(*command, "true"))[0] == 4
        *command, _ = (await lines_to(watcher, "Answer it with: "))[-1].split("runcast ")[1].split()
        assert (await line.run(*command, "low"))[0] == 0
        rest, _ = await asyncio.wait_for(watcher.communicate(), SECONDS)
    assert watcher.returncode == 0
    assert '"low"' in rest.decode()


@pytest.mark.usefixtures("server")
async def test_a_signal_and_a_cancel_print_the_state_after_them(line: CommandLine) -> None:
    _, out, _ = await line.run("run", "receiving")
    execution_id = out.strip()
    status, out, _ = await line.run("signal", execution_id, "go", '{"rate": -1}')
    assert (status, out.strip() in {"queued", "running", "waiting"}) == (0, True)
    status, out, _ = await line.run("watch", execution_id)
    assert (status, re.sub(r"\s", "", out).endswith('{"rate":-1}')) == (0, True)
    _, out, _ = await line.run("run", "receiving")
    status, _, _ = await line.run("cancel", out.strip())
    assert status == 0
    assert (await line.run("watch", out.strip()))[0] == 3
    assert (await line.run("signal", execution_id, "go", "-1"))[0] == 4


@pytest.mark.usefixtures("server")
async def test_what_is_not_found_says_as_whom_it_was_asked_for(line: CommandLine) -> None:
    unknown = "00000000-0000-7000-8000-000000000000"
    for command in (("watch", unknown), ("cancel", unknown), ("answer", unknown, "q1", "1")):
        status, _, err = await line.run(*command)
        assert status == 4
        assert "Asked as local, who finds only" in err


async def test_what_begins_like_json_and_is_none_is_not_sent(line: CommandLine) -> None:
    for command in (("answer", "x", "q1", "{a: 1}"), ("signal", "x", "go", "[1")):
        status, _, err = await line.run(*command)
        assert status == 2
        assert "this is no JSON" in err
