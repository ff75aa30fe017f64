"""Event logs on a database, without an application: what to write to them, and how to look at them."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from itertools import takewhile
from typing import Any
from uuid import UUID

import orjson

from runcast.clock import Clock
from runcast.database import Database, PostgresDatabase
from runcast.ids import TimeOrderedIds
from runcast.lifecycle import State
from runcast.models import Execution
from runcast.services.event_log import Appended, EventLog, NewEvent
from runcast.services.event_log.jobs import Abandoned, Due, Select
from runcast.services.event_log.units import Append, Claimed, Start, claim, recover
from tests.tools import databases
from tests.tools.event_shapes import check_shapes
from tests.tools.rows import MOMENT, as_another_process

WAIT_SECONDS = 20.0
WORKER = UUID(int=7)
_ids = TimeOrderedIds()


@asynccontextmanager
async def open_log(database: Database, clock: Clock) -> AsyncIterator[EventLog]:
    """Yield a started log."""
    log = EventLog(database, clock)
    log.start()
    yield log
    await log.stop()


def start(owner_id: UUID, handler: str = "work", **columns: Any) -> Start:
    """Return the unit that starts a new execution, due since long ago."""
    return Start(
        execution_id=_ids.new(),
        owner_id=owner_id,
        handler=handler,
        **{"handler_version": None, "input": "{}", "run_at": MOMENT, **columns},
    )


def claim_all(*handlers: str) -> Select:
    """Return the job that claims, for `WORKER`, all that is due of these handlers, or of `work`."""
    kinds = tuple((handler, None) for handler in handlers or ("work",))
    return Select(Due(kinds, 1000), lambda draft: claim(draft, WORKER))


def lost_claims() -> Select:
    """Return the job that takes all claims away, as from workers that are dead."""
    return Select(Abandoned(None, 1000), recover)


async def claimed(log: EventLog, owner_id: UUID) -> Claimed:
    """Start an execution, claim it, and return the claim."""
    unit = start(owner_id)
    await log.write(unit)
    claims: list[Claimed] = await log.write(claim_all())
    return next(got for got in claims if got.execution_id == unit.execution_id)


def said(text: str, at: str = "2026-01-01T00:00:00.000000Z", step: str | None = None) -> NewEvent:
    """Return an event of kind `note` that carries a text."""
    return NewEvent("note", orjson.dumps({"text": text}).decode(), at, step)


def append(got: Claimed, *texts: str) -> Append:
    """Return the unit by which the holder of a claim says these."""
    return Append(got.execution_id, got.claim, tuple(map(said, texts)))


async def events(database: Database, execution_id: UUID) -> list[dict[str, Any]]:
    """Return the whole log, as it goes over the wire, once its events have the shapes they should."""
    statement = "SELECT payload FROM events WHERE execution_id = ? ORDER BY seq"
    found = await rows(database, statement, execution_id.hex)
    logged = [orjson.loads(payload) for (payload,) in found]
    check_shapes(logged)
    return logged


async def kinds(database: Database, execution_id: UUID) -> list[str]:
    """Return the kinds of the whole log, in order."""
    return [event["kind"] for event in await events(database, execution_id)]


async def payloads(database: Database, execution_id: UUID) -> dict[str, str]:
    """Return the large values of an execution, by their references."""
    statement = "SELECT ref, body FROM payloads WHERE execution_id = ?"
    return dict(await rows(database, statement, execution_id.hex))


async def row(database: Database, execution_id: UUID) -> dict[str, Any]:
    """Return the columns of an execution, as the database holds them."""
    names = [column.name for column in Execution.__table__.columns]
    statement = f"SELECT {', '.join(names)} FROM executions WHERE id = ?"
    (found,) = await rows(database, statement, execution_id.hex)
    return dict(zip(names, found, strict=True))


async def rows(database: Database, statement: str, *parameters: Any) -> list[Any]:
    """Return what a statement finds; ids come out as hexadecimal digits."""
    if isinstance(database, PostgresDatabase):
        async with database.connection() as connection:
            return await databases.fetch(connection, statement, *parameters)
    return await asyncio.to_thread(as_another_process, database, statement, *parameters)


class News:
    """Listens to a log; `until` waits for what has been, or will be, told."""

    def __init__(self, log: EventLog) -> None:
        self.told: list[Appended] = []
        self._waiting: list[tuple[Callable[[Appended], bool], asyncio.Future[Appended]]] = []
        log.listen(self._hear)

    async def until(self, wanted: Callable[[Appended], bool]) -> Appended:
        """Return the first news that is wanted.

        Raises:
            TimeoutError: there was none within 20 s.
        """
        for appended in self.told:
            if wanted(appended):
                return appended
        future: asyncio.Future[Appended] = asyncio.get_running_loop().create_future()
        self._waiting.append((wanted, future))
        async with asyncio.timeout(WAIT_SECONDS):
            return await future

    async def until_ended(self, execution_id: UUID) -> State:
        """Return the final state of an execution, when it has one."""
        found = await self.until(lambda a: a.execution_id == execution_id and a.state.final)
        return found.state

    async def until_kind(self, execution_id: UUID, kind: str, times: int = 1) -> None:
        """Return when so many events of this kind are in the log."""

        def enough(appended: Appended) -> bool:
            return appended.execution_id == execution_id and self._count(appended, kind) >= times

        await self.until(enough)

    def _count(self, up_to: Appended, kind: str) -> int:
        told = takewhile(lambda a: a.last_seq <= up_to.last_seq, self._of(up_to.execution_id))
        return sum(event.kind == kind for appended in told for event in appended.events)

    def _of(self, execution_id: UUID) -> Iterator[Appended]:
        return (appended for appended in self.told if appended.execution_id == execution_id)

    def _hear(self, news: Sequence[Appended]) -> None:
        self.told += news
        for wanted, future in self._waiting:
            found = next(filter(wanted, news), None)
            if found is not None and not future.done():
                future.set_result(found)
