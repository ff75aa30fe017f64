"""What Prometheus is told of one application: a registry of its own, never the library's global one.

The parts know nothing of it: `gauges` tells it what they say and asks them when it is scraped.
"""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from http import HTTPMethod
from typing import Protocol
from uuid import UUID

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

REQUEST_SECONDS = (0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10)
COMMIT_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5)
ATTEMPT_SECONDS = (0.01, 0.1, 0.5, 1, 5, 15, 60, 300, 1800, 7200, 43200)
GROUP_JOBS = (1, 2, 5, 10, 25, 50, 100, 250, 500, 1000)
UNMATCHED = "unmatched"
_METHODS = frozenset(HTTPMethod)
_STATE = "execution."
# What ends an attempt, as the log says it. Whatever else ends one leaves no word: its claim is lost.
_OUTCOMES = {
    "execution.succeeded": "succeeded",
    "execution.failed": "failed",
    "execution.cancelled": "cancelled",
    "execution.retrying": "retrying",
    "execution.waiting": "waiting",
    "execution.queued": "handed_back",
}
_LOST = "lost"
_WORKER_LOST = '"worker_lost"'


class LoggedEvent(Protocol):
    """What is counted of an event."""

    @property
    def kind(self) -> str:
        """What it says."""
        ...

    @property
    def payload(self) -> str:
        """The whole event as JSON text."""
        ...


@dataclass(slots=True)
class _Running:
    handler: str
    outcome: str = _LOST


class Metrics:
    """The meters of one application. Handlers' names and routes are labels; ids and paths never are."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self.registry = CollectorRegistry()
        self._monotonic = monotonic
        self._watched: dict[str, Collector] = {}
        self._running: dict[UUID, _Running] = {}
        self._routes: dict[tuple[str, str, int], Histogram] = {}
        self._requests = self._histogram(
            "http_request_seconds",
            "Seconds until the head of an answer was sent.",
            REQUEST_SECONDS,
            ("method", "route", "status"),
        )
        self.database_up = self._gauge("database_up", "1 if the database answered the scrape.")
        self._sockets = self._gauge("sockets_open", "WebSockets that are open.")
        self._sockets_opened = self._counter("sockets_opened", "WebSockets that were begun.")
        self._streams = self._gauge("streams_open", "Event streams over HTTP that are open.")
        self._commits = self._histogram(
            "commit_seconds", "Seconds of one group commit of the event log.", COMMIT_SECONDS
        )
        self._groups = self._histogram(
            "commit_jobs", "Jobs that one group commit carried.", GROUP_JOBS
        )
        self._events = self._counter("events_committed", "Events that this process committed.")
        self._turns = self._counter(
            "execution_events", "Changes of executions that this process committed.", ("kind",)
        )
        self._takeovers = self._counter("takeovers", "Executions taken over from a lost worker.")
        self._claims = self._counter(
            "claims", "Executions that this process claimed.", ("handler",)
        )
        self._attempts = self._histogram(
            "attempt_seconds",
            "Seconds of one attempt, from its claim to its last commit.",
            ATTEMPT_SECONDS,
            ("handler", "outcome"),
        )
        self.watch("running", "Executions that run in this process.", lambda: len(self._running))

    def request(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count one answer, by the template of its route."""
        key = (method, route, status // 100)
        counted = self._routes.get(key)
        if counted is None:
            # Anybody may send any method; a label of theirs would be kept for ever.
            known = method if method in _METHODS else "other"
            counted = self._requests.labels(known, route, f"{status // 100}xx")
            if known == method:
                self._routes[key] = counted
        counted.observe(seconds)

    @contextmanager
    def socket(self) -> Iterator[None]:
        """Count a WebSocket while it is open."""
        self._sockets_opened.inc()
        with self._sockets.track_inprogress():
            yield

    def stream(self) -> AbstractContextManager[None]:
        """Count an event stream while it is open."""
        return self._streams.track_inprogress()

    def group(self, jobs: int, seconds: float) -> None:
        """Count one group commit."""
        self._groups.observe(jobs)
        self._commits.observe(seconds)

    def news(self, execution_id: UUID, events: Iterable[LoggedEvent]) -> None:
        """Count what one commit added to one log."""
        count = 0
        for event in events:
            count += 1
            if event.kind.startswith(_STATE):
                self._turn(execution_id, event)
        self._events.inc(count)

    @contextmanager
    def attempt(self, execution_id: UUID, handler: str) -> Iterator[None]:
        """Count an attempt while it runs, and its end by what the log says of it meanwhile."""
        self._claims.labels(handler).inc()
        running = self._running[execution_id] = _Running(handler)
        began = self._monotonic()
        try:
            yield
        finally:
            seconds = self._monotonic() - began
            self._attempts.labels(handler, running.outcome).observe(seconds)
            if self._running.get(execution_id) is running:
                del self._running[execution_id]

    def watch(
        self, name: str, text: str, ask: Callable[[], float | None], *, rises: bool = False
    ) -> None:
        """Show a number that is asked for at each scrape, unless it is None; `rises` if it only ever does."""
        kind = CounterMetricFamily if rises else GaugeMetricFamily

        def asked() -> dict[tuple[str, ...], float]:
            number = ask()
            return {} if number is None else {(): number}

        self._replace(name, _Asked(f"runcast_{name}", text, (), asked, kind))

    def watch_each(
        self, name: str, text: str, label: str, ask: Callable[[], Mapping[str, float]]
    ) -> None:
        """Show numbers by a label's value, asked for at each scrape; what is not answered is not shown."""
        self._replace(
            name,
            _Asked(
                f"runcast_{name}",
                text,
                (label,),
                lambda: {(value,): number for value, number in ask().items()},
                GaugeMetricFamily,
            ),
        )

    def text(self) -> bytes:
        """Return all of it in Prometheus's text format."""
        return generate_latest(self.registry)

    def _replace(self, name: str, collector: Collector) -> None:
        """Register a collector; an application that is opened again has other parts to ask."""
        if (earlier := self._watched.pop(name, None)) is not None:
            self.registry.unregister(earlier)
        self._watched[name] = collector
        self.registry.register(collector)

    def _turn(self, execution_id: UUID, event: LoggedEvent) -> None:
        self._turns.labels(event.kind.removeprefix(_STATE)).inc()
        if event.kind == "execution.queued" and _WORKER_LOST in event.payload:
            self._takeovers.inc()
        elif (running := self._running.get(execution_id)) is not None:
            running.outcome = _OUTCOMES.get(event.kind, running.outcome)

    def _histogram(
        self, name: str, text: str, buckets: tuple[float, ...], labels: tuple[str, ...] = ()
    ) -> Histogram:
        return Histogram(f"runcast_{name}", text, labels, buckets=buckets, registry=self.registry)

    def _counter(self, name: str, text: str, labels: tuple[str, ...] = ()) -> Counter:
        return Counter(f"runcast_{name}", text, labels, registry=self.registry)

    def _gauge(self, name: str, text: str) -> Gauge:
        return Gauge(f"runcast_{name}", text, registry=self.registry)


@dataclass(eq=False, slots=True)
class _Asked(Collector):
    name: str
    text: str
    labels: tuple[str, ...]
    ask: Callable[[], Mapping[tuple[str, ...], float]]
    kind: type[CounterMetricFamily] | type[GaugeMetricFamily]

    def collect(self) -> Iterator[Metric]:
        family = self.kind(self.name, self.text, labels=self.labels)
        for values, number in self.ask().items():
            family.add_metric(values, number)
        yield family
