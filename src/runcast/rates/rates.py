"""Who may go on, and who has to wait: each policy's limits, asked with one call."""

import asyncio
from collections.abc import Iterable, Mapping
from math import ceil
from typing import NamedTuple

from runcast.clock import Clock
from runcast.quotas import Limit, Quotas
from runcast.rates.shared import SharedCounts
from runcast.rates.whose import account
from runcast.rates.windows import Window, Windows

# What one process keeps to itself of a generous limit: so many parts of it are counted together.
PARTS = 50


class Standing(NamedTuple):
    """Where somebody is within one limit."""

    limit: Limit
    used: int
    resets_in: int

    @property
    def remaining(self) -> int:
        """How often they may still ask in this window."""
        return max(self.limit.amount - self.used, 0)

    @property
    def is_over(self) -> bool:
        """Whether they have asked once too often."""
        return self.used > self.limit.amount


class Verdict(NamedTuple):
    """What one call has found: where they are within each limit of the policy."""

    standings: tuple[Standing, ...] = ()

    @property
    def refused(self) -> Standing | None:
        """The limit that is spent and takes longest to begin anew; None if they may go on."""
        over = [standing for standing in self.standings if standing.is_over]
        return max(over, key=lambda standing: standing.resets_in) if over else None


class Rates:
    """Counts what is asked, by policy and by who asks.

    Args:
        quotas: the limits; none of a policy means that it is not counted.
        clock: all processes' time, on which their windows agree.
        key: what digests of accounts are keyed with, the same in every process.
        shared: where counts are shared; None where this process is alone.
    """

    def __init__(
        self, quotas: Quotas, clock: Clock, key: bytes, shared: SharedCounts | None = None
    ) -> None:
        self._clock = clock
        self._key = key
        self._shared = shared
        self._sending: set[asyncio.Task[None]] = set()
        self._windows: Mapping[str, tuple[tuple[Limit, Windows], ...]] = {
            policy: tuple((limit, Windows(limit.seconds)) for limit in limits)
            for policy, limits in quotas.items()
        }

    def account(self, spelt: str) -> str:
        """Return what an account counts as, by its address as it is compared."""
        return account(self._key, spelt)

    def spend(self, policy: str, who: str) -> Verdict:
        """Count one request, and judge it by what this process knows.

        The others are told when a fiftieth of the limit has come together, so that most requests cost
        no message, and all processes together let through little more than one would.
        """
        now = self._clock.now().timestamp()
        counted = self._counted(policy, who, now)
        if self._shared is not None:
            for limit, window in counted:
                if window.unsent * PARTS >= limit.amount:
                    self._send_later(limit, who, window)
        return _verdict(counted, now)

    async def reserve(self, policy: str, who: str) -> Verdict:
        """Count one attempt, and judge it by what all processes know."""
        now = self._clock.now().timestamp()
        counted = self._counted(policy, who, now)
        for limit, window in counted:
            await self._send(limit, who, window)
        return _verdict(counted, now)

    async def give_back(self, policy: str, who: str) -> None:
        """Take back one attempt that is not to count."""
        for limit, window in self._at(policy, who, self._clock.now().timestamp()):
            window.count = max(window.count - 1, 0)
            window.unsent -= 1
            await self._send(limit, who, window)

    async def stop(self) -> None:
        """Give up what was still to be told, and disconnect. Safe to call twice."""
        for task in list(self._sending):
            task.cancel()
        await asyncio.gather(*self._sending, return_exceptions=True)
        if self._shared is not None:
            await self._shared.stop()

    def _at(self, policy: str, who: str, now: float) -> list[tuple[Limit, Window]]:
        return [(limit, windows.at(who, now)) for limit, windows in self._windows.get(policy, ())]

    def _counted(self, policy: str, who: str, now: float) -> list[tuple[Limit, Window]]:
        counted = self._at(policy, who, now)
        for _, window in counted:
            window.count += 1
            window.unsent += 1
        return counted

    def _send_later(self, limit: Limit, who: str, window: Window) -> None:
        task = asyncio.get_running_loop().create_task(self._send(limit, who, window))
        self._sending.add(task)
        task.add_done_callback(self._sending.discard)

    async def _send(self, limit: Limit, who: str, window: Window) -> None:
        if self._shared is None or not window.unsent:
            return
        amount, window.unsent = window.unsent, 0
        key = f"{limit.name}:{limit.seconds}:{window.number}:{who}"
        total = await self._shared.add(key, limit.seconds + 1, amount)
        if total is None:
            window.unsent += amount
        else:
            window.count = max(window.count, total + window.unsent)


def _verdict(counted: Iterable[tuple[Limit, Window]], now: float) -> Verdict:
    return Verdict(
        tuple(
            [
                Standing(limit, window.count, max(ceil(window.ends - now), 1))
                for limit, window in counted
            ]
        )
    )
