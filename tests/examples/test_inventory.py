"""The inventory against small trees, served as a person would serve it."""

import asyncio
import hashlib
import os
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from runcast_client import Client, Event
from tests.tools.command_line import CommandLine, ServerProcess, served

INVENTORY = Path(__file__).parents[2] / "examples" / "inventory.py"


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """Return the folder below which the server may read."""
    folder = tmp_path / "tree"
    folder.mkdir()
    return folder


@pytest.fixture
def line(tmp_path: Path) -> CommandLine:
    """Return the command line of the folder in which the server is started."""
    return CommandLine(tmp_path, RUNCAST_FOLDER_ROOTS=str(tmp_path / "allowed"))


@pytest.fixture
async def server(line: CommandLine) -> AsyncIterator[ServerProcess]:
    """Yield a server of the inventory."""
    async with served(line, INVENTORY) as server:
        yield server


@pytest.fixture
async def client(line: CommandLine, server: ServerProcess) -> AsyncIterator[Client]:
    """Yield a client of the inventory's server."""
    async with line.client() as client:
        yield client


def plant(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write files, and the folders in which they stand."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


@dataclass(frozen=True, slots=True)
class Taken:
    """An inventory that has ended."""

    id: str
    state: str | None
    events: list[Event]

    def steps(self, kind: str = "step.succeeded") -> list[str]:
        """Return the keys of its steps, in order."""
        return [event.data["key"] for event in self.events if event.kind == kind]


async def taken(client: Client, folder: str) -> Taken:
    """Take an inventory of a folder, and watch it to its end."""
    execution = await client.executions.start("inventory", input={"folder": folder})
    async with client.watch(execution.id) as watch:
        events = [event async for event in watch]
    return Taken(execution.id, watch.state, events)


async def stock_of(client: Client, folder: str) -> dict[str, Any]:
    """Return the result of an inventory."""
    done = await taken(client, folder)
    assert done.state == "succeeded", done.events[-1]
    result: dict[str, Any] = done.events[-1].data["result"]
    return result


async def hashes_in(client: Client, done: Taken) -> dict[str, str]:
    """Return the SHA-256 of every path that a log tells."""
    hashes: dict[str, str] = {}
    for event in done.events:
        if event.kind == "step.succeeded" and "/" in event.data["key"]:
            page = event.data["result"]
            if "$ref" in page:
                page = await client.executions.payload(done.id, page["$ref"])
            for name, file in page["files"].items():
                hashes[str(Path(page["folder"], name))] = file["sha256"]
    return hashes


async def refusal(client: Client, folder: str) -> dict[str, Any]:
    """Return the error with which an inventory failed."""
    done = await taken(client, folder)
    assert done.state == "failed"
    error: dict[str, Any] = done.events[-1].data["error"]
    return error


async def test_hashes_duplicates_and_lines_are_those_of_the_files(
    client: Client, tree: Path
) -> None:
    files = {
        "a.txt": b"one\ntwo\n",
        "sub/same.txt": b"one\ntwo\n",
        "sub/deep/B.TXT": b"last line without an end",
        "sub/deep/empty": b"",
        "picture.bin": b"\0\n\n\n" * 1000,
        "sub#2/\u00e4\U0001f600 \n.py": b"x = 1\n",
    }
    plant(tree, files)
    done = await taken(client, "tree")
    assert done.state == "succeeded"
    assert await hashes_in(client, done) == {
        name: hashlib.sha256(content).hexdigest() for name, content in files.items()
    }
    stock = done.events[-1].data["result"]
    sizes = [len(content) for content in files.values()]
    assert (stock["folders"], stock["files"], stock["bytes"]) == (4, 6, sum(sizes))
    assert stock["types"][".txt"] == {"files": 3, "bytes": 8 + 8 + 24, "lines": 4}
    assert stock["types"][".bin"]["lines"] == 0
    assert [group["paths"] for group in stock["duplicates"]] == [["a.txt", "sub/same.txt"]]
    assert (stock["wasted_bytes"], stock["duplicates_left_out"]) == (8, 0)


async def test_the_log_tells_progress_and_one_step_a_folder(client: Client, tree: Path) -> None:
    plant(tree, {"one/a": b"a", "two/b": b"b"})
    done = await taken(client, "tree")
    steps = sorted(done.steps())
    assert steps == ["./", "list_folders", "list_folders#2", "one/", "two/"]
    progress = [e.data for e in done.events if e.kind == "progress"][-1]
    assert (progress["done"], progress["total"]) == (3, 3)
    assert sum(e.kind == "log" for e in done.events) == 3


async def test_a_folder_of_many_files_takes_several_steps(client: Client, tree: Path) -> None:
    plant(tree, {f"{number:04}": str(number).encode() for number in range(1203)})
    plant(tree / "#2", {"file": b"a name that looks like a second step"})
    done = await taken(client, "tree")
    assert done.state == "succeeded"
    steps = sorted(done.steps())
    assert steps == ["##2/", "./", "./#2", "./#3", "list_folders", "list_folders#2"]
    assert len(await hashes_in(client, done)) == 1204


async def test_many_folders_are_all_found(client: Client, tree: Path) -> None:
    plant(tree, {f"{a}/{b}/{c}/file": b"" for a in range(6) for b in "xyz" for c in range(25)})
    stock = await stock_of(client, "tree")
    assert (stock["folders"], stock["files"]) == (1 + 6 + 18 + 450, 450)
    assert stock["duplicates"][0]["copies"] == 450


async def test_symbolic_links_are_not_followed(client: Client, tree: Path, tmp_path: Path) -> None:
    plant(tmp_path, {"outside/secret": b"secret", "tree/inside/file": b"file"})
    (tree / "loop").symlink_to(tree)
    (tree / "inside" / "up").symlink_to("..")
    (tree / "out").symlink_to(tmp_path / "outside")
    (tree / "link").symlink_to(tmp_path / "outside" / "secret")
    done = await taken(client, "tree")
    assert list(await hashes_in(client, done)) == ["inside/file"]


async def test_a_folder_outside_is_refused(client: Client, tree: Path) -> None:
    (tree / "out").symlink_to("/")
    for folder in ("/", "..", "tree/../..", "tree/out", "/proc/self/cwd/.."):
        error = await refusal(client, folder)
        assert error["code"] == "folder_refused", folder
        assert "not below" in error["message"]
        assert f"{tree.parent}, where" in error["message"]


@pytest.mark.parametrize(("answer", "state"), [(True, "succeeded"), (False, "cancelled")])
async def test_who_is_asked_first_decides_whether_it_is_read(
    client: Client, tree: Path, answer: bool, state: str
) -> None:
    plant(tree, {"one/a": b"a"})
    given = {"folder": "tree", "ask_first": True}
    execution = await client.executions.start("inventory", input=given)
    async with client.watch(execution.id) as watch:
        async for event in watch:
            if event.kind == "question":
                assert event.data["prompt"] == "Read the files of 2 folders?"
                await watch.answer(event.data["id"], answer)
    assert watch.state == state


async def test_a_folder_that_is_none_is_refused(client: Client, tree: Path) -> None:
    plant(tree, {"file": b""})
    for folder in ("tree/none", "tree/file"):
        assert "no folder" in (await refusal(client, folder))["message"]


async def test_a_setting_allows_more_roots(
    line: CommandLine, tmp_path_factory: pytest.TempPathFactory
) -> None:
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    plant(elsewhere, {"file": b"x"})
    line.environment["RUNCAST_FOLDER_ROOTS"] = str(elsewhere)
    async with served(line, INVENTORY), line.client() as client:
        assert (await stock_of(client, str(elsewhere)))["files"] == 1


async def test_what_cannot_be_read_is_told_and_counted(client: Client, tree: Path) -> None:
    plant(tree, {"good": b"good"})
    os.mkfifo(tree / "pipe")
    odd = os.fsencode(tree) + b"/odd\xff"
    await asyncio.to_thread(Path(os.fsdecode(odd)).mkdir)
    await asyncio.to_thread(Path(os.fsdecode(odd + b".txt")).write_bytes, b"odd")
    done = await taken(client, "tree")
    assert done.state == "succeeded"
    assert set(await hashes_in(client, done)) == {"good", r"odd\xff.txt"}
    assert done.events[-1].data["result"]["skipped"] == 1
    warnings = [
        e.data["message"] for e in done.events if e.kind == "log" and e.data["level"] != "info"
    ]
    assert len(warnings) == 1
    assert "odd" in warnings[0]


async def test_what_is_the_servers_own_is_left_alone(client: Client, tree: Path) -> None:
    plant(tree, {"a": b"a"})
    done = await taken(client, ".")
    found = await hashes_in(client, done)
    assert "tree/a" in found
    assert not any(path.startswith("runcast-data/") for path in found)


async def test_what_was_hashed_before_a_crash_is_not_hashed_again(
    server: ServerProcess, client: Client, tree: Path
) -> None:
    plant(tree, {f"{number:03}/file": b"%d" % number for number in range(60)})
    with (tree / "000" / "large").open("wb") as large:
        large.truncate(2**30)  # read for longer than all others together
    execution = await client.executions.start("inventory", input={"folder": "tree"})
    events: list[Event] = []
    async with client.watch(execution.id) as watch:
        async for event in watch:
            events.append(event)
            if event.kind == "step.succeeded" and event.data["key"] == "020/":
                await server.kill()
                await server.start()
    assert watch.state == "succeeded"
    assert [event.seq for event in events] == [*range(1, len(events) + 1)]
    done = Taken(execution.id, watch.state, events)
    finished = done.steps()
    assert len(finished) == len(set(finished)) == 63
    assert done.steps("step.started").count("000/") == 2
    assert len(done.steps("step.started")) - len(finished) <= 4
    assert len(await hashes_in(client, done)) == 61
