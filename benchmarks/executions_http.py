"""No-op executions started over HTTP, 16 connections, and run to the end by one process with all in it."""

import asyncio
import statistics
import time
from contextlib import AbstractContextManager
from datetime import datetime

import httpx2

from benchmarks.databases import Measured, database
from benchmarks.load import post, requests_per_second
from benchmarks.processes import ROOT, Served, runcast

APP = ROOT / "benchmarks" / "apps" / "emitting.py"
CONNECTIONS = 16
SECONDS = 5.0
SERIAL = 50


def main(kind: str) -> None:
    """Print how many went through from start to end, and how long one takes when nothing else runs."""
    with database(kind) as measured, _served(kind, measured) as served:
        times = [1000 * seconds for seconds in _alone(served)]
        print(f"{kind}, one at a time: {statistics.median(times):.1f} ms from start to end")
        cpu, server_cpu = served.cpu_seconds(), measured.cpu_seconds()
        started, seconds = _load(served)
        each = 1e6 * (served.cpu_seconds() - cpu) / started
        server = 1e6 * (measured.cpu_seconds() - server_cpu) / started
        print(
            f"{kind}: {started / seconds:,.0f} executions/s from start to end; of a processor each "
            f"took {each:.0f} µs in the process and {server:.0f} µs in the database's server"
        )


def _served(kind: str, measured: Measured) -> AbstractContextManager[Served]:
    return runcast(APP, None, measured.url if kind == "postgres" else None)


def _load(served: Served) -> tuple[float, float]:
    """Return how many were started, and in how many seconds the last of them had ended."""
    request = post("/api/executions", served.token, b'{"handler":"nothing"}')
    began = time.perf_counter()
    load = requests_per_second(served.port, request, connections=CONNECTIONS, seconds=SECONDS)
    answered = asyncio.run(load) * SECONDS
    with _client(served) as client:
        while client.get("/api/executions?state=queued&limit=1").json()["items"]:
            time.sleep(0.05)
    return answered, time.perf_counter() - began


def _alone(served: Served) -> list[float]:
    """Return seconds from the moment an execution was kept to the moment it had ended, by the log."""
    times = []
    with _client(served) as client:
        for _ in range(SERIAL):
            id_ = client.post("/api/executions", json={"handler": "nothing"}).json()["id"]
            while not (made := client.get(f"/api/executions/{id_}").json())["finished_at"]:
                time.sleep(0.02)
            ended, began = (datetime.fromisoformat(made[k]) for k in ("finished_at", "created_at"))
            times.append((ended - began).total_seconds())
    return times


def _client(served: Served) -> httpx2.Client:
    headers = {"Authorization": f"Bearer {served.token}"}
    return httpx2.Client(base_url=served.url, headers=headers)
