"""The parts of an application, opened in order and closed in reverse."""

import asyncio
import logging
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from functools import partial
from typing import Protocol

from runcast import gauges, quotas
from runcast.bus import Bus, MemoryBus, RedisBus, Ring
from runcast.clock import Clock, SystemClock
from runcast.database import Database, UnitOfWork, migrations, open_database
from runcast.database.clock import DatabaseClock
from runcast.database.data_folder import DataFolderLock, make_folder, secret_key
from runcast.database.failures import DRIVER_ERRORS, in_words
from runcast.errors import Unavailable
from runcast.fair_turns import FairTurns
from runcast.feeds import Feeds, Guard, Places
from runcast.ids import Ids
from runcast.metrics import Metrics
from runcast.periodic import Periodic
from runcast.rates import Rates, SharedCounts
from runcast.runtime import Runtime
from runcast.services import api_keys, pruning, queues, setup_tokens
from runcast.services.accounts import open_accounts
from runcast.services.credentials import Credentials
from runcast.services.event_log import Appended, EventLog, LogReader
from runcast.services.figures import Figures
from runcast.services.health import DatabaseCheck
from runcast.services.key_derivation import derive_key
from runcast.services.providers import open_providers
from runcast.services.providers.journeys import Journeys
from runcast.settings import Settings
from runcast.tracing import Tracing
from runcast.websocket.heartbeat import Heartbeat
from runcast.workers.handlers import HandlerRegistry
from runcast.workers.worker import Observed, Worker, WorkerOptions

logger = logging.getLogger(__name__)
PRUNE_SECONDS = 60.0
USES_SECONDS = 10.0
# Each keeps a processor for a tenth of a second and more: of two, one is left to everybody else.
HEAVY_READS_AT_ONCE = 2
HEAVY_READS_WAITING = 100


@dataclass(frozen=True, slots=True)
class Opened:
    """An application's parts at work; `worker` is None where executions are run elsewhere."""

    runtime: Runtime
    heartbeat: Heartbeat
    worker: Worker | None


async def open_parts(
    stack: AsyncExitStack,
    settings: Settings,
    *,
    clock: Clock,
    ids: Ids,
    registry: HandlerRegistry,
    metrics: Metrics,
    with_worker: bool,
) -> Opened:
    """Open everything; leaving the stack closes it in reverse.

    Raises:
        Unavailable: the database cannot be used as it is; the message says what to do.
        ValueError: a handler cannot be announced.
    """
    secret = await secret_of(settings)
    database = await _open_database(stack, settings)
    clock = await _open_clock(stack, clock, database)
    accounts = await open_accounts(database, settings, clock, ids, secret)
    stack.callback(accounts.stop)
    stack.push_async_callback(accounts.mailer.stop)
    _start(stack, accounts.signing_keys)
    _open_uses(stack, database, accounts.credentials)
    bus = await _open_bus(stack, settings)
    log = EventLog(database, clock)
    _start(stack, log)
    reader = LogReader(database)
    feeds = await _open_feeds(stack, settings, reader, log, bus)
    guard = Guard(accounts.credentials, database, clock)
    _start(stack, guard)
    heartbeat = Heartbeat(clock, settings.heartbeat_seconds, settings.stuck_seconds)
    _start(stack, heartbeat)
    queue_counts = queues.looking(database, clock)
    setup_offer = setup_tokens.looking(database, clock)
    database_check = DatabaseCheck(database)
    for look in (queue_counts, setup_offer, database_check):
        stack.callback(look.stop)
    heavy_reads = FairTurns(
        at_once=HEAVY_READS_AT_ONCE,
        each=1,
        most=HEAVY_READS_WAITING,
        refusal="too many figures and searches are waiting; try again in a moment",
    )
    stack.callback(heavy_reads.stop)
    figures = Figures(database, clock, heavy_reads)
    stack.push_async_callback(figures.stop)
    runtime = Runtime(
        settings=settings,
        clock=clock,
        ids=ids,
        database=database,
        bus=bus,
        log=log,
        reader=reader,
        feeds=feeds,
        guard=guard,
        places=Places(settings.sockets_per_principal),
        waiting_room=Places(settings.unsigned_sockets),
        rates=_open_rates(stack, settings, clock, secret),
        cursors=accounts.cursors,
        signing_keys=accounts.signing_keys,
        credentials=accounts.credentials,
        issuer=accounts.issuer,
        registrar=accounts.registrar,
        mailer=accounts.mailer,
        providers=await open_providers(settings, clock),
        journeys=Journeys(derive_key(secret, "journeys"), clock),
        prover=accounts.prover,
        audit=accounts.audit,
        local_access=accounts.local_access,
        metrics=metrics,
        queue_counts=queue_counts,
        setup_offer=setup_offer,
        database_check=database_check,
        figures=figures,
        heavy_reads=heavy_reads,
    )
    gauges.attach(runtime)
    _open_pruning(stack, runtime)
    observed = gauges.Observation(metrics, _tracing(runtime))
    worker = await _open_worker(stack, runtime, registry, observed) if with_worker else None
    return Opened(runtime, heartbeat, worker)


class _Running(Protocol):
    def start(self) -> None: ...

    async def stop(self) -> None: ...


def _start(stack: AsyncExitStack, part: _Running) -> None:
    part.start()
    stack.push_async_callback(part.stop)


async def _open_database(stack: AsyncExitStack, settings: Settings) -> Database:
    folder = settings.data_folder
    if folder is not None:
        await asyncio.to_thread(make_folder, folder)
        lock = DataFolderLock(folder)
        await asyncio.to_thread(lock.acquire)
        stack.callback(lock.release)
    try:
        await asyncio.to_thread(migrations.prepare, settings, locked=True)
        database = open_database(settings)
        stack.push_async_callback(database.stop)
        await database.start()
    except DRIVER_ERRORS as error:
        raise Unavailable(in_words(error)) from error
    return database


async def _open_clock(stack: AsyncExitStack, clock: Clock, database: Database) -> Clock:
    if not isinstance(clock, SystemClock):
        # A clock that was handed in is meant to be the only one.
        return clock
    theirs = DatabaseClock(clock, database)
    await theirs.start()
    stack.push_async_callback(theirs.stop)
    return theirs


async def _open_bus(stack: AsyncExitStack, settings: Settings) -> Bus:
    url = settings.redis_url
    bus: Bus = MemoryBus() if url is None else RedisBus(url.get_secret_value())
    stack.push_async_callback(bus.stop)
    await bus.start()
    return bus


def _open_rates(stack: AsyncExitStack, settings: Settings, clock: Clock, secret: str) -> Rates:
    url = settings.redis_url
    shared = None if url is None else SharedCounts(url.get_secret_value(), clock)
    limits = quotas.parse(settings.rate_limits)
    rates = Rates(limits, clock, derive_key(secret, "rates"), shared)
    stack.push_async_callback(rates.stop)
    return rates


async def _open_feeds(
    stack: AsyncExitStack, settings: Settings, reader: LogReader, log: EventLog, bus: Bus
) -> Feeds:
    feeds = Feeds(reader, settings.feed_buffer_bytes)
    log.listen(partial(_extend, feeds))
    log.listen(partial(_ring, bus))
    bus.listen(feeds.on_rings)
    bus.listen_resumed(feeds.look_soon)
    _start(stack, feeds)
    return feeds


def _extend(feeds: Feeds, news: Sequence[Appended]) -> None:
    for appended in news:
        feeds.on_appended(appended)


def _ring(bus: Bus, news: Sequence[Appended]) -> None:
    bus.publish([Ring(a.execution_id, a.last_seq, a.state, a.inbox) for a in news])


def _open_uses(stack: AsyncExitStack, database: Database, credentials: Credentials) -> None:
    look = partial(note_uses, database, credentials)
    _start(stack, Periodic(USES_SECONDS, look, "uses of keys"))


async def note_uses(database: Database, credentials: Credentials) -> None:
    """Keep when keys were used in this process since the last time."""
    if uses := credentials.take_uses():
        async with UnitOfWork(database) as uow:
            await api_keys.note_uses(uow, uses)


def _open_pruning(stack: AsyncExitStack, runtime: Runtime) -> None:
    _start(stack, Periodic(PRUNE_SECONDS, partial(_prune, runtime), "pruning"))


async def _prune(runtime: Runtime) -> None:
    retention = pruning.retention_of(runtime.settings)
    async with UnitOfWork(runtime.database) as uow:
        removed = await pruning.prune(uow, runtime.clock.now(), retention)
    if removed:
        logger.info("pruned %s", dict(removed))


async def _open_worker(
    stack: AsyncExitStack, runtime: Runtime, registry: HandlerRegistry, observed: Observed
) -> Worker:
    settings = runtime.settings
    # Without handlers too: what a process with handlers left behind is seen to.
    worker = Worker(
        database=runtime.database,
        log=runtime.log,
        clock=runtime.clock,
        ids=runtime.ids,
        registry=registry,
        observed=observed,
        options=WorkerOptions(
            concurrency=settings.concurrency,
            lease_seconds=settings.lease_seconds,
            cancel_seconds=settings.cancel_seconds,
            park_seconds=settings.park_seconds,
        ),
    )
    stack.push_async_callback(worker.stop)
    runtime.bus.listen(partial(_hear, worker))
    await worker.start()
    return worker


def _tracing(runtime: Runtime) -> Tracing | None:
    if runtime.settings.telemetry == "off":
        return None
    tracing = Tracing()
    tracing.listen(runtime.database.engine.sync_engine)
    return tracing


def _hear(worker: Worker, rings: Sequence[Ring]) -> None:
    for ring in rings:
        worker.hear_of(ring.execution_id, ring.state)


async def secret_of(settings: Settings) -> str:
    """Return the server's secret: the setting, or what lies in the data folder, made if there is none.

    Raises:
        Unavailable: there is neither.
        OSError, ValueError: it can be neither read nor made.
    """
    if settings.secret_key is not None:
        return settings.secret_key.get_secret_value()
    if settings.data_folder is None:
        raise Unavailable(
            "set RUNCAST_SECRET_KEY, at least 32 characters and the same for every process: "
            "without a data folder there is no place to keep one"
        )
    return await asyncio.to_thread(secret_key, settings.data_folder)
