"""A log and a worker on a database, without HTTP: start executions of test handlers and look at them."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

import orjson

from runcast.clock import Clock, SystemClock
from runcast.database import Database
from runcast.ids import TimeOrderedIds
from runcast.lifecycle import State
from runcast.services.event_log import EventLog
from runcast.services.event_log.units import Answer, RequestCancel, Signal
from runcast.workers.handlers import HandlerRegistry
from runcast.workers.worker import Worker, WorkerOptions
from tests.tools.event_logs import News, events, kinds, lost_claims, row, start
from tests.tools.rows import MOMENT, add_user


class Stage:
    """`handler` registers, `work` starts a worker, `begin` an execution; `ended` waits for its end."""

    def __init__(self, database: Database, log: EventLog, clock: Clock, owner_id: UUID) -> None:
        self.database = database
        self.log = log
        self.news = News(log)
        self.registry = HandlerRegistry()
        self.worker: Worker
        self.owner_id = owner_id
        self._clock = clock

    def handler(self, function: Callable[..., Any], **options: Any) -> None:
        """Register a function, as `work` unless it is named otherwise."""
        self.registry.add(function, **{"name": "work", **options})

    @asynccontextmanager
    async def working(
        self,
        concurrency: int = 100,
        cancel_seconds: float = 5,
        park_seconds: float = 3,
        lease_seconds: float = 10,
    ) -> AsyncIterator[None]:
        """Keep a worker at work."""
        self.worker = self.new_worker(concurrency, cancel_seconds, park_seconds, lease_seconds)
        await self.worker.start()
        try:
            yield
        finally:
            await self.worker.stop()

    def new_worker(
        self,
        concurrency: int = 100,
        cancel_seconds: float = 5,
        park_seconds: float = 3,
        lease_seconds: float = 10,
    ) -> Worker:
        """Return a worker that has not started."""
        return Worker(
            database=self.database,
            log=self.log,
            clock=self._clock,
            ids=TimeOrderedIds(),
            registry=self.registry,
            options=WorkerOptions(concurrency, lease_seconds, cancel_seconds, park_seconds),
        )

    async def begin(self, value: Any = None, handler: str = "work", **columns: Any) -> UUID:
        """Start an execution on an input, `{}` if there is none."""
        text = orjson.dumps({} if value is None else value).decode()
        unit = start(self.owner_id, handler, **{"input": text, "run_at": MOMENT, **columns})
        await self.log.write(unit)
        return unit.execution_id

    async def cancel(self, execution_id: UUID) -> None:
        """Ask for an end, as its owner."""
        await self.log.write(RequestCancel(execution_id, self.owner_id))

    async def lose_claims(self) -> None:
        """Take all claims away, as from workers that are dead."""
        await self.log.write(lost_claims())

    async def answer(self, execution_id: UUID, question: str, value: Any) -> None:
        """Answer a question, as its owner."""
        text = orjson.dumps(value).decode()
        await self.log.write(Answer(execution_id, question, text, self.owner_id))

    async def signal(self, execution_id: UUID, name: str, data: Any = None) -> None:
        """Send a signal, as its owner."""
        text = orjson.dumps(data).decode()
        await self.log.write(Signal(execution_id, name, text, self.owner_id))

    async def parked(self, execution_id: UUID, times: int = 1) -> None:
        """Wait until it has been parked so many times."""
        await self.news.until_kind(execution_id, "execution.waiting", times)

    async def idle(self) -> None:
        """Wait until the worker holds no execution any more.

        Raises:
            TimeoutError: it held one for 10 s.
        """
        async with asyncio.timeout(10):
            while self.worker.running:  # noqa: ASYNC110 - nothing tells of it
                await asyncio.sleep(0)

    async def ended(self, execution_id: UUID) -> State:
        """Wait for the end."""
        return await self.news.until_ended(execution_id)

    async def run(self, function: Callable[..., Any], value: Any = None, **options: Any) -> UUID:
        """Run a handler from start to end; return the execution."""
        self.handler(function, **options)
        execution_id = await self.begin(value)
        async with self.working():
            await self.ended(execution_id)
        return execution_id

    async def events(self, execution_id: UUID) -> list[dict[str, Any]]:
        """Return the whole log."""
        return await events(self.database, execution_id)

    async def kinds(self, execution_id: UUID) -> list[str]:
        """Return the kinds of the whole log."""
        return await kinds(self.database, execution_id)

    async def data(self, execution_id: UUID, kind: str) -> list[Any]:
        """Return the data of every event of a kind."""
        return [e["data"] for e in await self.events(execution_id) if e["kind"] == kind]

    async def result(self, execution_id: UUID) -> Any:
        """Return what it succeeded with."""
        found = await row(self.database, execution_id)
        assert found["state"] == "succeeded", found["error"]
        return orjson.loads(found["result"])

    async def error(self, execution_id: UUID) -> dict[str, str]:
        """Return what it failed with."""
        found = await row(self.database, execution_id)
        assert found["state"] == "failed", found
        error: dict[str, str] = orjson.loads(found["error"])
        return error


@asynccontextmanager
async def open_stage(database: Database, clock: Clock | None = None) -> AsyncIterator[Stage]:
    """Yield a stage whose log is started."""
    clock = clock or SystemClock()
    log = EventLog(database, clock)
    log.start()
    yield Stage(database, log, clock, await add_user(database))
    await log.stop()
