"""What is asked all the time, at ten thousand executions and at ten million, on both databases.

    .venv/bin/python -m benchmarks.ten_million [--count 10000000] [--databases postgres sqlite]

Needs some 12 GB of disk and ten minutes for each database. `--plans FILE` keeps how the databases
go about it: the statements, and the steps of their plans.
"""

import argparse
import asyncio
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from runcast.database import Database, migrations
from tests.tools import postgres
from tests.tools.databases import started
from tests.tools.hot_operations import OPERATIONS, Operation
from tests.tools.many_rows import fill_postgres, fill_sqlite
from tests.tools.plans import Asked, Plan, plans, record, record_sessions

FEW = 10_000
ROUNDS = 7
# Synced to the disk as by default; memory as on a small server of one's own.
OPTIONS = ("shared_buffers=2GB", "max_wal_size=8GB", "effective_cache_size=8GB")


def main() -> None:
    """Measure, and print a line for each operation."""
    options = _arguments()
    told: list[str] = []
    for kind in options.databases:
        columns = {count: _measured(kind, count, told) for count in (FEW, options.count)}
        _print(kind, columns)
    if options.plans is not None:
        options.plans.write_text("\n".join(told))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=10_000_000)
    parser.add_argument("--databases", nargs="+", default=["postgres", "sqlite"])
    parser.add_argument("--plans", type=Path)
    return parser.parse_args()


def _print(kind: str, columns: dict[int, dict[str, float]]) -> None:
    counts = "".join(f"{count:>14,}" for count in columns)
    print(f"{kind + ', ms':<36}{counts}")
    for name in OPERATIONS:
        print(f"{name:<36}" + "".join(f"{times[name] * 1000:>14.1f}" for times in columns.values()))


def _measured(kind: str, count: int, told: list[str]) -> dict[str, float]:
    with _filled(kind, count) as url, pytest.MonkeyPatch.context() as patch:
        return asyncio.run(_measure(url, record(patch), told))


@contextmanager
def _filled(kind: str, count: int) -> Iterator[str]:
    logs, now = max(FEW, count // 3), int(time.time())
    if kind == "postgres":
        given = [part for option in OPTIONS for part in ("-c", option)]
        with postgres.running(*given) as server:
            url = server.create("many")
            migrations.upgrade(url)
            asyncio.run(fill_postgres(url, count, now, logs=logs))
            yield url
    else:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "runcast.db"
            migrations.upgrade(f"sqlite:///{path}")
            fill_sqlite(path, count, now, logs=logs)
            yield f"sqlite:///{path}"


async def _measure(url: str, asked: Asked, told: list[str]) -> dict[str, float]:
    async with started(url) as database:
        record_sessions(database, asked)
        times = {}
        for name, operation in OPERATIONS.items():
            with asked.listen() as statements:
                await operation(database)
            found = await plans(database, statements)
            told += [_text(name, plan) for plan in found]
            times[name] = await _median(database, operation)
        return times


async def _median(database: Database, operation: Operation) -> float:
    times = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        await operation(database)
        times.append(time.perf_counter() - began)
    return statistics.median(times)


def _text(name: str, plan: Plan) -> str:
    return "\n".join([f"-- {name}", " ".join(plan.statement.split())[:160], *plan.steps, ""])


if __name__ == "__main__":
    main()
