"""Hangs the meters on the parts: what each tells as it happens, and what each is asked at a scrape."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial

from runcast import logs
from runcast.bus import Bus
from runcast.database.probe import KeptProbe
from runcast.feeds import Feeds
from runcast.metrics import Metrics
from runcast.runtime import Runtime
from runcast.services.event_log import Appended
from runcast.services.event_log.units import Claimed
from runcast.services.queues import Queues
from runcast.tracing import Tracing


def attach(runtime: Runtime) -> None:
    """Tell the metrics of commits from now on, and ask these parts whenever they are scraped."""
    metrics, database = runtime.metrics, runtime.database
    runtime.log.listen(partial(_tell, metrics))
    runtime.log.measure(metrics.group)
    _ask_feeds(metrics, runtime.feeds)
    _ask_queues(metrics, runtime.queue_counts)
    _ask_bus(metrics, runtime.bus)
    metrics.watch(
        "database_connections_in_use",
        "Connections of the pool that are checked out.",
        lambda: database.connections_in_use,
    )


def _tell(metrics: Metrics, news: Sequence[Appended]) -> None:
    for appended in news:
        metrics.news(appended.execution_id, appended.events)


def _ask_feeds(metrics: Metrics, feeds: Feeds) -> None:
    metrics.watch("executions_watched", "Executions that are watched here.", lambda: len(feeds))
    metrics.watch("watchers", "Cursors on feeds.", lambda: sum(1 for _ in feeds.lags()))
    metrics.watch(
        "watcher_lag_events",
        "Events that the watcher furthest behind has not been handed.",
        lambda: max(feeds.lags(), default=0),
    )


def _ask_queues(metrics: Metrics, counts: KeptProbe[Queues]) -> None:
    metrics.watch_each(
        "queue_depth",
        "Executions that are due, in the database.",
        "handler",
        lambda: {} if counts.last is None else counts.last.due,
    )
    metrics.watch(
        "executions_running",
        "Executions that run anywhere.",
        lambda: None if counts.last is None else counts.last.running,
    )
    metrics.watch(
        "executions_timed",
        "Executions that a timer will wake: later starts, retries, timed waits.",
        lambda: None if counts.last is None else counts.last.timed,
    )


def _ask_bus(metrics: Metrics, bus: Bus) -> None:
    metrics.watch("bus_connected", "1 while the bus is heard.", lambda: bus.connected)
    counts = {
        "bus_published": ("Rings that were sent.", lambda: bus.published),
        "bus_received": ("Rings that came from other processes.", lambda: bus.received),
        "bus_dropped": (
            "Rings that were not sent; the second's look makes up.",
            lambda: bus.dropped,
        ),
        "bus_reconnects": ("How often the bus was heard again.", lambda: bus.reconnects),
    }
    for name, (text, ask) in counts.items():
        metrics.watch(name, text, ask, rises=True)


class Observation:
    """What is noted of each attempt: the ids of its log lines, its duration, its span if traced."""

    def __init__(self, metrics: Metrics, tracing: Tracing | None) -> None:
        self._metrics = metrics
        self._tracing = tracing

    @contextmanager
    def __call__(self, claimed: Claimed) -> Iterator[None]:
        """Note one attempt, for the length of a block around it."""
        with (
            logs.of_execution(claimed.execution_id, claimed.attempt),
            self._metrics.attempt(claimed.execution_id, claimed.handler),
        ):
            if self._tracing is None:
                yield
                return
            with self._tracing.attempt(claimed.execution_id, claimed.handler, claimed.attempt):
                yield
