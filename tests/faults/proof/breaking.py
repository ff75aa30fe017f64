"""Carrying out faults on a cluster at their moments; what is broken is mended after its time."""

import asyncio
import os
import random
import signal
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable

from tests.faults.proof.schedule import Fault, Schedule
from tests.tools.cluster import BACK_SECONDS, Cluster


class Breaker:
    """Breaks and mends; `faults.txt` says what was done when, for those who read what went wrong.

    Two faults of one target wait for each other, those of different targets do not.
    """

    def __init__(self, cluster: Cluster, schedule: Schedule) -> None:
        self._cluster = cluster
        self._schedule = schedule
        self._turns: dict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._began = time.monotonic()
        # Which backend dies is chosen as the seed says, among those that there are.
        self._chance = random.Random(schedule.seed)

    async def break_all(self) -> None:
        """Return when everything has been broken and mended again."""
        self._began = time.monotonic()
        async with asyncio.TaskGroup() as group:
            for fault in self._schedule.faults:
                group.create_task(self._break_in_turn(fault))

    async def _break_in_turn(self, fault: Fault) -> None:
        await asyncio.sleep(fault.at)
        async with self._turns[fault.target]:
            self._note(f"begin {fault}")
            await self._way(fault)(fault)
            self._note(f"end   {fault}")

    def _note(self, what: str) -> None:
        wall = time.strftime("%H:%M:%S")
        with (self._cluster.folder / "faults.txt").open("a") as done:
            done.write(f"{wall} {time.monotonic() - self._began:6.2f} s  {what}\n")

    def _way(self, fault: Fault) -> Callable[[Fault], Awaitable[None]]:
        if fault.target == "postgres":
            return self._break_postgres
        if fault.target == "valkey":
            return self._break_valkey
        return self._break_proxy if fault.target in self._cluster.proxies else self._break_node

    async def _break_node(self, fault: Fault) -> None:
        node = self._cluster.nodes[fault.target]
        if fault.what == "hold":
            node.hold()
            await asyncio.sleep(fault.seconds)
            node.go_on()
            return
        await asyncio.to_thread(node.kill if fault.what == "kill" else node.terminate)
        await asyncio.sleep(fault.seconds)
        await asyncio.to_thread(node.start_in_the_end, BACK_SECONDS)

    async def _break_postgres(self, fault: Fault) -> None:
        if fault.what == "kill a backend":
            return await self._cluster.end_backends(self._chance)
        if fault.what == "end all sessions":
            return await self._cluster.end_backends(None)
        server = self._cluster.postgres.server
        ways = {"restart": server.stop, "crash": server.crash, "kill": server.kill}
        await asyncio.to_thread(ways[fault.what])
        await asyncio.sleep(fault.seconds)
        return await asyncio.to_thread(self._cluster.postgres.start)

    async def _break_valkey(self, fault: Fault) -> None:
        valkey = self._cluster.valkey
        if fault.what == "hold":
            os.kill(valkey.pid, signal.SIGSTOP)
            await asyncio.sleep(fault.seconds)
            os.kill(valkey.pid, signal.SIGCONT)
            return
        await asyncio.to_thread(valkey.kill)
        await asyncio.sleep(fault.seconds)
        await asyncio.to_thread(valkey.start)

    async def _break_proxy(self, fault: Fault) -> None:
        proxy = self._cluster.proxies[fault.target]
        if fault.what == "cut":
            proxy.cut()
        elif fault.what == "stall":
            proxy.stall()
            await asyncio.sleep(fault.seconds)
            proxy.resume()
        else:
            proxy.refuse()
            await asyncio.sleep(fault.seconds)
            await proxy.accept()
