"""Events committed to the log and delivered to every watcher, by one server process.

The watchers live in a process of their own. On two cores server and watchers share the machine, so the
figure is the whole system's; the server's processor time stands beside it.
"""

import asyncio
import time
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime, timedelta

import httpx2

from benchmarks.databases import database
from benchmarks.processes import ROOT, Served, runcast
from benchmarks.watching import count_to_the_end, open_watcher

APP = ROOT / "benchmarks" / "apps" / "emitting.py"
EVENTS = 100_000


def main(kind: str) -> None:
    """Measure with nobody watching, with one watcher and with 100."""
    for watchers in (0, 1, 100):
        with database(kind) as measured:
            url = measured.url if kind == "postgres" else None
            with runcast(APP, None, url) as served:
                _measure(served, watchers, EVENTS if watchers < 100 else EVENTS // 5)


def _measure(served: Served, watchers: int, events: int) -> None:
    headers = {"Authorization": f"Bearer {served.token}"}
    with (
        httpx2.Client(base_url=served.url, headers=headers) as client,
        ProcessPoolExecutor(1) as far,
    ):
        # Late enough for every watcher to be there when it begins.
        run_at = datetime.now(UTC) + timedelta(seconds=3)
        body = {"handler": "emitting", "input": {"events": events}, "run_at": run_at.isoformat()}
        id_ = client.post("/api/executions", json=body).json()["id"]
        watching = far.submit(_watch, served.port, id_, served.token, watchers)
        cpu = served.cpu_seconds()
        began, finished = _times(client, id_)
        delivered, last = watching.result()
        cpu = served.cpu_seconds() - cpu
    committed = events / (finished - began)
    print(
        f"{watchers:>4} watchers {committed:>9,.0f} events/s committed "
        f"{delivered / (max(last, finished) - began):>11,.0f} events/s delivered, "
        f"server {cpu:5.2f} s of processor time for {events:,} events"
    )


def _times(client: httpx2.Client, id_: str) -> tuple[float, float]:
    """Return when the execution began and finished, on the machine's clock."""
    while True:
        execution = client.get(f"/api/executions/{id_}").json()
        if execution["finished_at"]:
            began, finished = execution["started_at"], execution["finished_at"]
            return _seconds(began), _seconds(finished)
        time.sleep(0.1)


def _seconds(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()


def _watch(port: int, id_: str, token: str, watchers: int) -> tuple[int, float]:
    return asyncio.run(_watch_all(port, id_, token, watchers))


async def _watch_all(port: int, id_: str, token: str, watchers: int) -> tuple[int, float]:
    """Return how many events all watchers got together, and when the last one was through."""
    opened = [await open_watcher(port, id_, token) for _ in range(watchers)]
    counts = await asyncio.gather(*map(count_to_the_end, opened))
    return sum(counts), time.time()
