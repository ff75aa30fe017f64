"""The meters on an open application's parts, and what is noted of an attempt."""

import logging
from uuid import UUID

import httpx2
import pytest
from opentelemetry import trace

from runcast.application import Runcast
from runcast.feeds import Follower
from runcast.gauges import Observation
from runcast.logs import JsonLines
from runcast.metrics import Metrics
from runcast.runtime import Runtime
from runcast.services.event_log.units import Claimed
from runcast.tracing import Tracing
from tests.tools.people import SignedIn
from tests.tools.work import Prepare, Works, ended, start

ID = UUID(int=7)


@pytest.fixture
def works() -> Works:
    """Return handlers, and what is seen of their calls."""
    return Works()


@pytest.fixture
def prepare(works: Works) -> Prepare:
    """Give the application handlers."""
    return works.register


def value(app: Runcast, name: str, **labels: str) -> float | None:
    """Return a sample."""
    return app.metrics.registry.get_sample_value(f"runcast_{name}", labels)


async def test_commits_events_and_attempts_are_told_as_they_happen(
    app: Runcast, alice: SignedIn
) -> None:
    execution = await ended(app, alice, await start(alice, "add", input={"numbers": [1, 2]}))
    assert value(app, "events_committed_total") == execution["last_seq"]
    assert value(app, "claims_total", handler="add") == 1
    commits = value(app, "commit_seconds_count")
    assert commits == value(app, "commit_jobs_count")
    assert commits
    assert value(app, "execution_events_total", kind="succeeded") == 1


async def test_a_watchers_lag_is_what_it_has_not_been_handed(
    app: Runcast, client: httpx2.AsyncClient, alice: SignedIn
) -> None:
    execution = await ended(app, alice, await start(alice, "add", input={"numbers": [1]}))
    runtime: Runtime = app.state.runtime
    with runtime.feeds.subscribed(UUID(execution["id"])) as feed:
        head = await runtime.reader.head(feed.execution_id)
        feed.look_at(head.last, head.state)
        followers = [Follower(feed, after) for after in (0, 1)]
        assert value(app, "executions_watched") == 1
        assert value(app, "watchers") == len(followers)
        assert value(app, "watcher_lag_events") == execution["last_seq"]
        await followers[0].next()
        assert value(app, "watcher_lag_events") == execution["last_seq"] - 1
    assert value(app, "watchers") == 0


async def test_bus_and_pool_are_asked(app: Runcast) -> None:
    names = ["bus_published_total", "bus_received_total", "bus_dropped_total"]
    assert [value(app, name) for name in [*names, "bus_reconnects_total"]] == [0, 0, 0, 0]
    assert value(app, "bus_connected") == 1
    assert value(app, "database_connections_in_use") == 0


@pytest.mark.parametrize("traced", [True, False])
def test_an_attempt_is_counted_and_its_lines_have_its_id(
    traced: bool, caplog: pytest.LogCaptureFixture
) -> None:
    metrics = Metrics()
    caplog.handler.setFormatter(JsonLines())
    observed = Observation(metrics, Tracing() if traced else None)
    with observed(Claimed(ID, "sweep", 1, 3, cancel_requested=False)):
        logging.getLogger("tests").warning("within")
        assert metrics.registry.get_sample_value("runcast_running") == 1
        assert not trace.get_current_span().is_recording()
    assert metrics.registry.get_sample_value("runcast_running") == 0
    assert f'"execution_id":"{ID}","attempt":3' in caplog.text
