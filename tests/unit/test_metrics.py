"""The meters: what is counted, under which labels, and that no two applications share them."""

from dataclasses import dataclass
from functools import partial
from uuid import UUID

import pytest

from runcast.metrics import Metrics
from tests.tools.clock import FakeClock

ID = UUID(int=7)


@dataclass(frozen=True)
class Said:
    """An event."""

    kind: str
    payload: str = "{}"


@pytest.fixture
def metrics(clock: FakeClock) -> Metrics:
    """Return meters on a clock that stands still."""
    return Metrics(clock.monotonic)


def value(metrics: Metrics, name: str, **labels: str) -> float | None:
    """Return a sample."""
    return metrics.registry.get_sample_value(f"runcast_{name}", labels)


def test_requests_are_counted_by_route_method_and_class_of_status(metrics: Metrics) -> None:
    for status in (200, 201, 404):
        metrics.request("GET", "/api/items/{item_id}", status, 0.01)
    labels = {"method": "GET", "route": "/api/items/{item_id}"}
    assert value(metrics, "http_request_seconds_count", **labels, status="2xx") == 2
    assert value(metrics, "http_request_seconds_count", **labels, status="4xx") == 1


def test_methods_that_strangers_make_up_are_one(metrics: Metrics) -> None:
    for number in range(100):
        metrics.request(f"X{number}", "unmatched", 405, 0.01)
    labels = {"method": "other", "route": "unmatched", "status": "4xx"}
    assert value(metrics, "http_request_seconds_count", **labels) == 100
    assert b"X1" not in metrics.text()


@pytest.mark.parametrize(
    ("kinds", "outcome"),
    [
        (["execution.started", "execution.succeeded"], "succeeded"),
        (["log", "execution.retrying"], "retrying"),
        (["execution.waiting"], "waiting"),
        (["step.succeeded"], "lost"),
    ],
)
def test_an_attempt_is_counted_by_its_handler_and_what_the_log_said_of_its_end(
    metrics: Metrics, clock: FakeClock, kinds: list[str], outcome: str
) -> None:
    with metrics.attempt(ID, "sweep"):
        assert value(metrics, "running") == 1
        metrics.news(ID, [Said(kind) for kind in kinds])
        clock.advance(3)
    assert value(metrics, "running") == 0
    assert value(metrics, "attempt_seconds_sum", handler="sweep", outcome=outcome) == 3
    assert value(metrics, "events_committed_total") == len(kinds)


def test_a_takeover_is_no_end_of_the_attempt_that_runs_here(metrics: Metrics) -> None:
    with metrics.attempt(ID, "sweep"):
        metrics.news(ID, [Said("execution.queued", '{"data":{"reason":"worker_lost"}}')])
    assert value(metrics, "takeovers_total") == 1
    assert value(metrics, "attempt_seconds_count", handler="sweep", outcome="lost") == 1


def test_a_second_attempt_at_the_same_execution_stays_when_the_first_ends(metrics: Metrics) -> None:
    first, second = metrics.attempt(ID, "sweep"), metrics.attempt(ID, "sweep")
    first.__enter__()
    with second:
        first.__exit__(None, None, None)
        assert value(metrics, "running") == 1


def test_groups_sockets_and_streams(metrics: Metrics) -> None:
    metrics.group(12, 0.004)
    assert value(metrics, "commit_jobs_sum") == 12
    assert value(metrics, "commit_seconds_count") == 1
    with metrics.socket(), metrics.stream():
        assert (value(metrics, "sockets_open"), value(metrics, "streams_open")) == (1, 1)
    assert (value(metrics, "sockets_open"), value(metrics, "streams_open")) == (0, 0)
    assert value(metrics, "sockets_opened_total") == 1


def test_what_is_watched_is_asked_at_each_scrape(metrics: Metrics) -> None:
    depths = {"sweep": 3.0}
    metrics.watch("pool", "Connections.", lambda: len(depths))
    metrics.watch_each("queue", "Due.", "handler", lambda: depths)
    assert (value(metrics, "pool"), value(metrics, "queue", handler="sweep")) == (1, 3)
    depths = {}
    assert (value(metrics, "pool"), value(metrics, "queue", handler="sweep")) == (0, None)


def test_parts_of_an_application_that_is_opened_again_are_asked_instead(metrics: Metrics) -> None:
    for number in (1, 2):
        metrics.watch("pool", "Connections.", partial(int, number))
        metrics.watch_each("queue", "Due.", "handler", partial(dict, sweep=number))
    assert (value(metrics, "pool"), value(metrics, "queue", handler="sweep")) == (2, 2)


def test_each_application_has_meters_of_its_own(metrics: Metrics) -> None:
    other = Metrics()
    metrics.group(1, 0.1)
    assert value(other, "commit_jobs_count") == 0
    assert b"runcast_commit_jobs_bucket" in other.text()
