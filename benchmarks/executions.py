"""No-op executions, three events each, run from start to end by one worker: how many, and how fast one is.

They are started through the event log, in the worker's own process; then over HTTP by a client beside it.
"""

import asyncio
import statistics
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from uuid import UUID

from benchmarks.databases import Measured, database
from runcast import Run
from runcast.cli.collecting import collect_seldom
from runcast.clock import SystemClock
from runcast.ids import TimeOrderedIds
from runcast.services.event_log import Appended, EventLog
from runcast.workers.handlers import HandlerRegistry
from runcast.workers.worker import Worker, WorkerOptions
from tests.tools.databases import started
from tests.tools.event_logs import open_log, start
from tests.tools.rows import add_user

EXECUTIONS = 20_000
AT_ONCE = 1000
ROUNDS = 3
SERIAL = 200


def main(kind: str) -> None:
    """Measure both, and print them."""
    collect_seldom()  # as `runcast worker` does
    asyncio.run(_main(kind))


async def _main(kind: str) -> None:
    with database(kind) as measured:
        for concurrency in (100, 1000):
            rounds = [await _round(measured, concurrency) for _ in range(ROUNDS)]
            rates = [EXECUTIONS / each.seconds for each in rounds]
            print(
                f"{kind}, {concurrency} at once: {statistics.median(rates):,.0f} executions/s "
                f"({min(rates):,.0f} to {max(rates):,.0f}); of a processor each took "
                f"{_each(rounds, 'worker_cpu'):.0f} µs in the worker and "
                f"{_each(rounds, 'server_cpu'):.0f} µs in the database's server"
            )
        times = [1000 * seconds for seconds in await _alone(measured.url)]
        print(
            f"{kind}, one at a time: {statistics.median(times):.1f} ms from start to end "
            f"(p95 {statistics.quantiles(times, n=20)[-1]:.1f} ms)"
        )


@dataclass(frozen=True, slots=True)
class _Round:
    seconds: float
    worker_cpu: float
    server_cpu: float


def _each(rounds: list[_Round], what: str) -> float:
    used: float = statistics.median(getattr(each, what) for each in rounds)
    return used / EXECUTIONS * 1e6


async def nothing(_run: Run) -> None:
    """Do nothing: what an execution itself costs."""


@dataclass(frozen=True, slots=True)
class _Running:
    """A log, a worker on it, and whose executions it runs."""

    log: EventLog
    owner_id: UUID

    async def begin(self) -> None:
        await self.log.write(start(self.owner_id, "nothing"))


@asynccontextmanager
async def _working(url: str, concurrency: int) -> AsyncIterator[_Running]:
    registry, clock = HandlerRegistry(), SystemClock()
    registry.add(nothing)
    async with started(url) as database, open_log(database, clock) as log:
        owner_id = await add_user(database)
        worker = Worker(
            database=database,
            log=log,
            clock=clock,
            ids=TimeOrderedIds(),
            registry=registry,
            options=WorkerOptions(concurrency, 30, 30, 3),
        )
        await worker.start()
        yield _Running(log, owner_id)
        await worker.stop()


async def _round(measured: Measured, concurrency: int) -> _Round:
    async with _working(measured.url, concurrency) as running:
        ended = _Ended(running.log, EXECUTIONS)
        server_cpu, worker_cpu = measured.cpu_seconds(), time.process_time()
        began = time.perf_counter()
        for _ in range(EXECUTIONS // AT_ONCE):
            await asyncio.gather(*(running.begin() for _ in range(AT_ONCE)))
        await ended.all.wait()
        return _Round(
            time.perf_counter() - began,
            time.process_time() - worker_cpu,
            measured.cpu_seconds() - server_cpu,
        )


async def _alone(url: str) -> list[float]:
    async with _working(url, 100) as running:
        times = []
        for _ in range(SERIAL):
            ended = _Ended(running.log, 1)
            began = time.perf_counter()
            await running.begin()
            await ended.all.wait()
            times.append(time.perf_counter() - began)
            await asyncio.sleep(0.01)
        return times


class _Ended:
    """Counts what ends until it is all that there is."""

    def __init__(self, log: EventLog, count: int) -> None:
        self.all = asyncio.Event()
        self._left = count
        log.listen(self._hear)

    def _hear(self, news: Sequence[Appended]) -> None:
        self._left -= sum(appended.state.final for appended in news)
        if self._left <= 0:
            self.all.set()
