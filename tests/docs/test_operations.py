"""docs/operations.md tells how to read every metric that there is, and no other."""

import re

from prometheus_client.metrics_core import Metric

from runcast.application import Runcast
from runcast.runtime import Runtime
from tests.tools.markdown import ROOT, inline_code, rows

OPERATIONS = ROOT / "docs/operations.md"


async def metrics(app: Runcast) -> dict[str, Metric]:
    """Return what an open application tells."""
    runtime: Runtime = app.state.runtime
    await runtime.queue_counts.answer()
    return {metric.name: metric for metric in app.metrics.registry.collect()}


async def test_every_metric_is_told_with_how_to_read_it(app: Runcast) -> None:
    told = {row[0].strip("`"): row[1] for row in rows(OPERATIONS, "Metrics")}
    assert told.keys() == (await metrics(app)).keys()
    assert all(len(text) > 10 for text in told.values())


async def test_metrics_named_in_passing_exist(app: Runcast) -> None:
    real = (await metrics(app)).keys()
    names = {
        name
        for code in inline_code(OPERATIONS)
        for name in re.findall(r"\brun" + r"cast_[a-z_]+", code)
    }
    assert {re.sub(r"_(?:total|count)$", "", name) for name in names} <= real
