"""One seed: a cluster, executions, watchers, faults, and the verdict over all of it."""

import asyncio
import random
import time
from collections.abc import Coroutine, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx2

from runcast_client import Event
from tests.faults.proof import verdict
from tests.faults.proof.breaking import Breaker
from tests.faults.proof.schedule import Planned, Schedule
from tests.faults.proof.sending import Post
from tests.faults.proof.watching import Hear, Seen, Watcher
from tests.tools.cluster import APIS, WORKERS, Cluster, DurableServer, cluster, keep_logs

APP = Path(__file__).parents[1] / "apps" / "kinds.py"
# From the last fault on: a lease, some retries with their pauses, and a machine that others use too.
END_SECONDS = 90.0
WATCHED_SECONDS = 45.0
_OPEN = "SELECT count(*) FROM executions WHERE finished_at IS NULL"
STREAM_TIMEOUT = httpx2.Timeout(10, pool=None)
MANY = httpx2.Limits(max_connections=None)
PASSWORD = "one that only this series knows"


@dataclass(slots=True)
class Outcome:
    """What one seed came to; `figures` says how much happened."""

    seed: int
    violations: list[str] = field(default_factory=list)
    figures: dict[str, float] = field(default_factory=dict)

    @property
    def is_green(self) -> bool:
        """Whether nothing is wrong."""
        return not self.violations


class Performance:
    """Starts, watches, answers and cancels what a schedule plans on a cluster that runs."""

    def __init__(self, schedule: Schedule, made: Cluster, token: str) -> None:
        self.schedule = schedule
        self.chance = random.Random(schedule.seed + 1_000_000)
        self.urls = [node.url for node in made.apis]
        self.token = token
        self.post = Post(self.urls, token, self.chance)
        self.started: list[str] = []
        self.watched: list[Seen] = []
        self._http = httpx2.AsyncClient(timeout=STREAM_TIMEOUT, limits=MANY, trust_env=False)
        self._watching: set[asyncio.Task[None]] = set()
        self._acting: set[asyncio.Task[object]] = set()

    async def start_all(self) -> None:
        """Return when everything planned is started, and what is sent to it has been sent."""
        async with asyncio.TaskGroup() as group:
            for planned in self.schedule.planned:
                group.create_task(self._perform(planned))

    async def watched_to_the_end(self, seconds: float) -> None:
        """Wait for the watchers for so long, then end them."""
        if self._watching:
            _, late = await asyncio.wait(self._watching, timeout=seconds)
            await _end_all(late)
        await _end_all(self._acting)
        await self.post.aclose()
        await self._http.aclose()

    async def _perform(self, planned: Planned) -> None:
        await asyncio.sleep(planned.at)
        given = {"parts": planned.parts, "seconds": planned.seconds}
        execution_id = await self.post.start(planned.handler, given, planned.key)
        if not execution_id:
            return
        self.started.append(execution_id)
        self._watch(planned, execution_id)
        if planned.cancel_after is not None:
            await asyncio.sleep(planned.cancel_after)
            await self.post.cancel(execution_id)
        if planned.handler == "talker":
            await asyncio.gather(*(self._nudge(execution_id) for _ in range(planned.parts)))

    def _watch(self, planned: Planned, execution_id: str) -> None:
        for n, how in enumerate(planned.watching):
            seen = Seen(execution_id, how)
            self.watched.append(seen)
            chance = random.Random(self.chance.random())
            hear = self._hearing(execution_id) if n == 0 else _ignore
            watcher = Watcher(
                seen, self.urls, self.token, http=self._http, chance=chance, hear=hear
            )
            self._watching.add(asyncio.create_task(watcher.follow()))

    def _hearing(self, execution_id: str) -> Hear:
        def hear(event: Event) -> None:
            if event.kind == "question" and event.data["id"].startswith("word"):
                self._act(self._answer(execution_id, event.data["id"]))

        return hear

    async def _answer(self, execution_id: str, question: str) -> None:
        """Answer it, now and then as two people at once."""
        people = self.chance.choice((1, 1, 2))
        words = [self.post.answer(execution_id, question, str(uuid4())) for _ in range(people)]
        statuses = await asyncio.gather(*words)
        if statuses.count(200) != 1:
            self.post.complaints.append(f"answers to {question} of {execution_id}: {statuses}")

    async def _nudge(self, execution_id: str) -> None:
        await asyncio.sleep(self.chance.uniform(0, 6))
        status = await self.post.signal(execution_id, "nudge", str(uuid4()))
        if status != 200:
            self.post.complaints.append(f"a signal to {execution_id}: {status}")

    def _act(self, what: Coroutine[Any, Any, None]) -> None:
        task: asyncio.Task[object] = asyncio.create_task(what)
        self._acting.add(task)


def _ignore(_event: Event) -> None:
    """Another watcher of the same execution acts on what comes."""


async def run_seed(schedule: Schedule, server: DurableServer, folder: Path) -> Outcome:
    """Run one seed and judge it; what its parts wrote stays in the folder."""
    outcome = Outcome(schedule.seed)
    # Each part that is being stopped or started takes a thread.
    asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(32))
    async with cluster(server, APP, folder) as made:
        await made.start(*APIS, *WORKERS)
        performance = Performance(schedule, made, await sign_up(made))
        breaker = Breaker(made, schedule)
        began = time.monotonic()
        await _play(performance, breaker, outcome)
        await made.ensure_all_run()
        outcome.figures["broken for"] = time.monotonic() - began
        await _wait_for_the_end(made, outcome)
        await performance.watched_to_the_end(WATCHED_SECONDS)
        outcome.figures["seconds"] = time.monotonic() - began
        await _judge(performance, made, outcome)
        keep_logs(made, folder)
    return outcome


async def _play(performance: Performance, breaker: Breaker, outcome: Outcome) -> None:
    try:
        async with asyncio.timeout(END_SECONDS), asyncio.TaskGroup() as group:
            group.create_task(breaker.break_all())
            group.create_task(performance.start_all())
    except TimeoutError:
        outcome.violations.append("not everything could be started and mended in time")


async def sign_up(made: Cluster) -> str:
    """Make an account, and return a token that outlasts the seed."""
    who = {"email": "proof@example.com", "password": PASSWORD}
    async with httpx2.AsyncClient(base_url=made.apis[0].url, trust_env=False) as client:
        (await client.post("/api/auth/register", json=who)).raise_for_status()
        form = {"grant_type": "password", "username": who["email"], "password": PASSWORD}
        answer = await client.post("/api/auth/token", data=form)
        return str(answer.raise_for_status().json()["access_token"])


async def _wait_for_the_end(made: Cluster, outcome: Outcome) -> None:
    until = time.monotonic() + END_SECONDS
    while time.monotonic() < until:
        if (await made.fetch(_OPEN))[0][0] == 0:
            return
        await asyncio.sleep(0.2)
    left = await made.fetch(
        "SELECT id, handler, state, worker_id, wake_at, inbox FROM executions"
        " WHERE finished_at IS NULL"
    )
    outcome.violations += [f"it never ended: {dict(row)}" for row in left]


async def _judge(performance: Performance, made: Cluster, outcome: Outcome) -> None:
    found = await verdict.read(made)
    left = verdict.effects(node.folder for node in made.workers)
    outcome.violations += performance.post.complaints
    outcome.violations += verdict.of_executions(found, left)
    outcome.violations += verdict.of_starts(found, performance.started)
    outcome.violations += verdict.of_messages(found, performance.post.sent)
    outcome.violations += verdict.of_watchers(found, performance.watched)
    outcome.violations += verdict.of_nodes(made)
    _keep_red_logs(found, outcome, made.folder)
    outcome.figures |= {
        "executions": len(found.rows),
        "events": sum(len(log) for log in found.logs.values()),
        "takeovers": sum(row["takeovers"] for row in found.rows.values()),
        "connections": sum(seen.connections for seen in performance.watched),
        "sent again": performance.post.retried,
    }


def _keep_red_logs(found: verdict.Found, outcome: Outcome, folder: Path) -> None:
    """Write down the logs that violations name."""
    said = "\n".join(outcome.violations)
    for execution_id, payloads in found.payloads.items():
        if execution_id in said:
            (folder / f"{execution_id}.jsonl").write_text("\n".join(payloads))


async def _end_all(tasks: Iterable[asyncio.Task[Any]]) -> None:
    for task in list(tasks):
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
