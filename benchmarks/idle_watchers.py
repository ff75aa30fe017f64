"""What a watcher costs that waits: resident memory of the server before and after 1,000 of them."""

import asyncio
from datetime import UTC, datetime, timedelta

import httpx2

from benchmarks.processes import ROOT, Served, runcast
from benchmarks.watching import open_watcher

APP = ROOT / "benchmarks" / "apps" / "emitting.py"
WATCHERS = 1000


def main(_kind: str) -> None:
    """Print the memory of one idle watcher, and the processor time of a thousand in ten seconds."""
    with runcast(APP) as served:
        asyncio.run(_measure(served))


async def _measure(served: Served) -> None:
    id_ = _far_away(served)
    for _ in range(10):
        await open_watcher(served.port, id_, served.token)
    before = served.rss_bytes()
    watchers = [await open_watcher(served.port, id_, served.token) for _ in range(WATCHERS)]
    each = (served.rss_bytes() - before) / WATCHERS
    cpu = served.cpu_seconds()
    await asyncio.sleep(10)
    cpu = served.cpu_seconds() - cpu
    print(f"{each / 1024:.1f} KiB an idle watcher; {cpu:.2f} s of processor time in 10 s for all")
    await asyncio.gather(*(watcher.close() for watcher in watchers))


def _far_away(served: Served) -> str:
    """Return an execution that is queued and stays so."""
    run_at = (datetime.now(UTC) + timedelta(days=1)).isoformat()
    answer = httpx2.post(
        f"{served.url}/api/executions",
        json={"handler": "nothing", "run_at": run_at},
        headers={"Authorization": f"Bearer {served.token}"},
    )
    execution_id: str = answer.json()["id"]
    return execution_id
