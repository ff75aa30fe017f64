"""Prove the inventory on a large tree: kill its server on the way, and compare with sha256sum.

    .venv/bin/python -m benchmarks.prove_inventory

Ends with status 1 if a hash or a group of duplicates differs, an event is missing or doubled, or a
folder that was hashed to its end was hashed again.
"""

import argparse
import asyncio
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from asyncio.subprocess import PIPE, STDOUT, Process
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson

from runcast_client import Client, Event, StaticToken
from tests.tools.children import address_in

INVENTORY = Path(__file__).parents[1] / "examples" / "inventory.py"
FILES_A_FOLDER = 40
SECONDS = 60
RUNCAST = (sys.executable, "-c", "from runcast.cli import main; main()")


def parse_arguments() -> argparse.Namespace:
    """Return the command line's options."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=20_000)
    parser.add_argument("--megabytes", type=int, default=1_000)
    parser.add_argument("--kills", type=int, default=2)
    parser.add_argument("--seed", type=int, default=1)
    return parser.parse_args()


def make_tree(root: Path, files: int, size: int, seed: int) -> None:
    """Write a tree of so many files and bytes; every tenth file is a copy of another."""
    chance = random.Random(seed)
    contents: list[bytes] = []
    for number in range(files):
        folder = root / f"{number // FILES_A_FOLDER % 23:02}" / f"{number // FILES_A_FOLDER:05}"
        folder.mkdir(parents=True, exist_ok=True)
        if number % 10 == 9:
            content = chance.choice(contents)
        else:
            content = chance.randbytes(int(size / files * chance.uniform(0.55, 1.5)))
            contents = [*contents[-99:], content]
        (folder / f"file {number}{chance.choice(['.txt', '.py', '.bin', ''])}").write_bytes(content)


class Server:
    """`runcast serve examples/inventory.py`, which comes back on the same port."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.environment = {k: v for k, v in os.environ.items() if not k.startswith("RUNCAST_")}
        self._port = "0"
        self._process: Process | None = None

    async def start(self) -> None:
        """Start it, and return once it answers."""
        command = (*RUNCAST, "serve", str(INVENTORY), "--port", self._port)
        self._process = await asyncio.create_subprocess_exec(
            *command, cwd=self.folder, env=self.environment, stdout=PIPE, stderr=STDOUT
        )
        assert self._process.stdout is not None
        line = (await asyncio.wait_for(self._process.stdout.readline(), SECONDS)).decode()
        self._port = address_in(line).rpartition(":")[2]

    async def end(self, how: signal.Signals) -> None:
        """Send a signal, and wait until it has ended."""
        if self._process is not None and self._process.returncode is None:
            self._process.send_signal(how)
            await asyncio.wait_for(self._process.communicate(), SECONDS)

    def client(self) -> Client:
        """Return a client with the local credential."""
        held = orjson.loads((self.folder / "runcast-data" / "local-credential.json").read_bytes())
        return Client(held["url"], StaticToken(held["token"]))


@dataclass
class Log:
    """What a watch saw, and what was done meanwhile."""

    execution_id: str = ""
    state: str | None = None
    events: list[Event] = field(default_factory=list)
    kills: int = 0
    seconds: float = 0.0

    def steps(self, kind: str) -> list[str]:
        """Return the keys of the steps of folders, in order."""
        keys = (e.data["key"] for e in self.events if e.kind == kind)
        return [key for key in keys if "/" in key]

    @property
    def takeovers(self) -> int:
        """How often it was queued again, because its worker was dead."""
        return sum(event.data.get("reason") == "worker_lost" for event in self.events)


async def watch_and_kill(
    server: Server, client: Client, log: Log, kills: int, folders: int
) -> None:
    """Watch to the end; kill the server and start it again so many times on the way."""
    began = time.monotonic()
    finished = 0
    async with client.watch(log.execution_id) as watch:
        async for event in watch:
            log.events.append(event)
            finished += event.kind == "step.succeeded" and "/" in event.data["key"]
            # All in the first half, because the server is ahead of what is watched.
            if log.kills < kills and finished > folders * (log.kills + 1) / (kills + 1) / 2:
                await server.end(signal.SIGKILL)
                log.kills += 1
                await server.start()
    log.state = watch.state
    log.seconds = time.monotonic() - began


async def begin_watching(server: Server, execution_id: str) -> Process:
    """Start `runcast watch`, and return once it has begun to show."""
    watching = await asyncio.create_subprocess_exec(
        *(*RUNCAST, "watch", execution_id), cwd=server.folder, env=server.environment, stdout=PIPE
    )
    assert watching.stdout is not None
    await asyncio.wait_for(watching.stdout.readline(), SECONDS)
    return watching


async def hashes_in(client: Client, log: Log) -> dict[str, str]:
    """Return what the log says of every path."""
    hashes: dict[str, str] = {}
    for event in log.events:
        if event.kind == "step.succeeded" and "/" in event.data["key"]:
            page = event.data["result"]
            if "$ref" in page:
                page = await client.executions.payload(log.execution_id, page["$ref"])
            for name, file in page["files"].items():
                hashes[str(Path(page["folder"], name))] = file["sha256"]
    return hashes


def sha256sum(root: Path) -> dict[str, str]:
    """Return what sha256sum says of every path."""
    command = "find . -type f -print0 | xargs -0 sha256sum"
    done = subprocess.run(command, shell=True, cwd=root, capture_output=True, text=True, check=True)
    pairs = (line.split("  ./", 1) for line in done.stdout.splitlines())
    return {path: digest for digest, path in pairs}


def groups_of(hashes: Mapping[str, str]) -> dict[str, list[str]]:
    """Return the paths of each content that there is more than once."""
    paths: dict[str, list[str]] = defaultdict(list)
    for path, digest in hashes.items():
        paths[digest].append(path)
    return {digest: sorted(same) for digest, same in paths.items() if len(same) > 1}


def check_result(hashes: Mapping[str, str], stock: Mapping[str, Any]) -> Iterator[str]:
    """Yield what is wrong with the result, given the hashes that are right."""
    groups = groups_of(hashes)
    shown = {group["sha256"]: group["paths"] for group in stock["duplicates"]}
    if any(groups.get(digest, [])[: len(paths)] != paths for digest, paths in shown.items()):
        yield "the result shows other duplicates"
    if (len(groups), len(hashes)) != (len(shown) + stock["duplicates_left_out"], stock["files"]):
        yield "the result counts otherwise"


def check_log(log: Log) -> Iterator[str]:
    """Yield what is wrong with the log."""
    if log.takeovers != log.kills:
        yield f"{log.kills} kills cut it short {log.takeovers} times: take a larger tree"
    if log.state != "succeeded":
        yield f"it ended as {log.state}"
    if [event.seq for event in log.events] != [*range(1, len(log.events) + 1)]:
        yield "the log has a gap or a double"
    finished: set[str] = set()
    for event in log.events:
        if event.kind == "step.started" and event.data["key"] in finished:
            yield f"{event.data['key']} was begun again after its end"
        elif event.kind == "step.succeeded":
            finished.add(event.data["key"])


def check_watch(log: Log, status: int | None, shown: str) -> Iterator[str]:
    """Yield what is wrong with what `runcast watch` showed and how it ended."""
    if status != 0:
        yield f"runcast watch ended with {status}"
    told = [line.partition(" info ")[2] for line in shown.splitlines() if " info " in line]
    if told != [event.data["message"] for event in log.events if event.kind == "log"]:
        yield "runcast watch showed other log lines than the log holds"
    if log.kills and "connected again" not in shown:
        yield "runcast watch was never cut off"


def tell(log: Log, hashes: Mapping[str, str], stock: Mapping[str, Any], shown: str) -> None:
    """Print the figures."""
    began, ended = log.steps("step.started"), log.steps("step.succeeded")
    print(f"files             {len(hashes):,} in {stock['folders']:,} folders")
    print(f"bytes             {stock['bytes']:,}")
    print(f"duplicate groups  {len(groups_of(hashes)):,}, {stock['wasted_bytes']:,} bytes wasted")
    print(f"kills             {log.kills}, {log.takeovers} of them in the middle")
    print(f"runcast watch     came back {shown.count('connected again')} times")
    print(f"events            {len(log.events):,}, numbered 1 to {log.events[-1].seq:,}")
    print(f"folder steps      {len(ended):,} finished, {len(began) - len(ended)} cut short")
    print(f"time              {log.seconds:.1f} s, starts of the server included")


async def prove(folder: Path, options: argparse.Namespace) -> list[str]:
    """Return what is wrong; nothing, where all is proved."""
    tree = folder / "tree"
    make_tree(tree, options.files, options.megabytes * 10**6, options.seed)
    server = Server(folder)
    await server.start()
    try:
        async with server.client() as client:
            log = Log((await client.executions.start("inventory", input={"folder": "tree"})).id)
            watching = await begin_watching(server, log.execution_id)
            try:
                shown = asyncio.create_task(watching.communicate())
                folders = options.files // FILES_A_FOLDER
                await watch_and_kill(server, client, log, options.kills, folders)
                out, _ = await asyncio.wait_for(shown, SECONDS)
            finally:
                if watching.returncode is None:
                    watching.kill()
            stock = (await client.executions.get(log.execution_id)).result
            hashes = await hashes_in(client, log)
    finally:
        await server.end(signal.SIGTERM)
    right = sha256sum(tree)
    tell(log, right, stock, out.decode())
    wrong = [*check_log(log), *check_result(right, stock)]
    wrong += check_watch(log, watching.returncode, out.decode())
    return wrong if hashes == right else [*wrong, "hashes differ from those of sha256sum"]


def main() -> None:
    """Prove it in a folder that is removed afterwards."""
    options = parse_arguments()
    with tempfile.TemporaryDirectory(prefix="runcast-inventory-") as folder:
        wrong = asyncio.run(prove(Path(folder).resolve(), options))
    for complaint in wrong:
        print(f"WRONG: {complaint}")
    if wrong:
        sys.exit(1)
    print("hashes and duplicates equal those of sha256sum; no finished folder was read again")


if __name__ == "__main__":
    main()
