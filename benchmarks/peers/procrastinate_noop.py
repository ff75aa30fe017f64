"""No-op jobs of Procrastinate on PostgreSQL: how many one worker gets through, and how fast one is.

It is not in our lock: `uv venv peers && uv pip install --python peers/bin/python procrastinate`, then
`.venv/bin/python -m benchmarks.peers peers/bin/python procrastinate_noop`.
"""

import asyncio
import statistics
import sys
import time

from procrastinate import App, PsycopgConnector  # type: ignore[import-not-found]

JOBS = 4000
SERIAL = 50

app = App(connector=PsycopgConnector(conninfo=sys.argv[1]))
done = asyncio.Event()
left = 0


@app.task  # type: ignore[untyped-decorator]
async def nothing() -> None:
    """Do nothing, and say when the last one has."""
    global left  # noqa: PLW0603 - a task of Procrastinate's has nothing else to hold on to
    left -= 1
    if left == 0:
        done.set()


async def main() -> None:
    """Print jobs per second, deferred in bulk beforehand, and the time of one that comes alone."""
    async with app.open_async():
        await app.schema_manager.apply_schema_async()
        rate = await _rate()
        times = await _alone()
    print(
        f"procrastinate: {rate:,.0f} jobs/s, one at a time {1000 * statistics.median(times):.1f} ms"
    )


async def _rate() -> float:
    global left  # noqa: PLW0603
    left = JOBS
    began = time.perf_counter()
    await nothing.batch_defer_async(*({} for _ in range(JOBS)))
    await app.run_worker_async(concurrency=100, wait=False, install_signal_handlers=False)
    return JOBS / (time.perf_counter() - began)


async def _alone() -> list[float]:
    global left  # noqa: PLW0603
    worker = asyncio.create_task(app.run_worker_async(install_signal_handlers=False))
    await asyncio.sleep(1)
    times = []
    for _ in range(SERIAL):
        left = 1
        done.clear()
        began = time.perf_counter()
        await nothing.defer_async()
        await done.wait()
        times.append(time.perf_counter() - began)
    worker.cancel()
    await asyncio.gather(worker, return_exceptions=True)
    return times


if __name__ == "__main__":
    asyncio.run(main())
