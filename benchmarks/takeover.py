"""How long an execution stands still when its worker is killed with SIGKILL: two workers, one PostgreSQL."""

import asyncio
import statistics
import tempfile
import time
from pathlib import Path

import asyncpg

from benchmarks.databases import database
from benchmarks.processes import ROOT, working
from runcast.clock import SystemClock
from tests.tools.databases import started
from tests.tools.event_logs import open_log, start
from tests.tools.rows import add_user

APP = ROOT / "benchmarks" / "apps" / "emitting.py"
ROUNDS = 3
_CLAIM = "SELECT attempt, worker_id FROM executions WHERE id = $1"


def main(kind: str) -> None:
    """Print the seconds between the kill and the next attempt's start, with the default lease."""
    if kind == "sqlite":
        print("sqlite: at the next start, at once; there is one process")
        return
    with database(kind) as measured, tempfile.TemporaryDirectory() as folder:
        times = [_round(measured.url, Path(folder)) for _ in range(ROUNDS)]
    print(
        f"{kind}: taken over after {statistics.median(times):.1f} s "
        f"({min(times):.1f} to {max(times):.1f})"
    )


def _round(url: str, folder: Path) -> float:
    with working(APP, folder, url) as first:
        execution_id = asyncio.run(_begin(url))
        asyncio.run(_until_attempt(url, execution_id, 1))
        with working(APP, folder, url):
            first.kill()
            first.wait()
            began = time.perf_counter()
            asyncio.run(_until_attempt(url, execution_id, 2))
            return time.perf_counter() - began


async def _begin(url: str) -> object:
    async with started(url) as opened, open_log(opened, SystemClock()) as log:
        unit = start(await add_user(opened), "sleeping")
        await log.write(unit)
        return unit.execution_id


async def _until_attempt(url: str, execution_id: object, attempt: int) -> None:
    connection = await asyncpg.connect(url)
    try:
        while True:
            found = await connection.fetchrow(_CLAIM, execution_id)
            if found["attempt"] == attempt and found["worker_id"] is not None:
                return
            await asyncio.sleep(0.02)
    finally:
        await connection.close()
