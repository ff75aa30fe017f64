"""How long a feed waits, and what makes it shorter: how soon, how often, and what never does."""

import asyncio

import pytest

from runcast_client.alarm import Alarm
from runcast_client.connections import Closed
from runcast_client.follower import Return
from runcast_client.policy import BROKEN, TOO_MANY
from runcast_client.waits import JITTER_SECONDS, Waits

LONG = 25.0
LOST = Closed(BROKEN)


class Bench:
    """The waits of a feed, with a clock that a test turns by hand."""

    def __init__(self) -> None:
        self.now = 0.0
        self.answers = Alarm()
        self._timers: list[tuple[float, asyncio.Future[None]]] = []
        self._waits = Waits(
            self.answers, random=lambda: 1.0, sleep=self._sleep, now=lambda: self.now
        )

    async def waited(
        self, *answers_at: float, attempt: int = 0, closed: Closed = LOST, delay: float = LONG
    ) -> float:
        """Return how long a wait lasted in which the server answered at these moments."""
        began = self.now
        waiting = asyncio.create_task(self._waits.sit_out(Return(delay, attempt), closed))
        for moment in answers_at:
            await self._elapse(began + moment, waiting)
            self.answers.ring()
        await self._elapse(began + LONG, waiting)
        await waiting
        return round(self.now - began, 6)

    async def _elapse(self, until: float, waiting: asyncio.Task[None]) -> None:
        """Let time go on, timer by timer, up to a moment or to the end of the wait."""
        while True:
            for _ in range(20):
                await asyncio.sleep(0)
            due = sorted(
                (at, number)
                for number, (at, timer) in enumerate(self._timers)
                if at <= until and not timer.done()
            )
            if waiting.done():
                return
            if not due:
                break
            self.now, number = due[0]
            self._timers[number][1].set_result(None)
        self.now = until

    async def _sleep(self, seconds: float) -> None:
        timer: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._timers.append((self.now + seconds, timer))
        await timer


async def test_a_wait_that_nothing_wakes_lasts_as_long_as_it_was_to() -> None:
    assert await Bench().waited() == LONG


async def test_an_answer_ends_it_with_a_little_jitter_and_another_puts_nothing_off() -> None:
    assert await Bench().waited(5.0) == 5.0 + JITTER_SECONDS
    assert await Bench().waited(2.0, 2.2) == 2.0 + JITTER_SECONDS


async def test_nothing_makes_a_wait_longer() -> None:
    assert await Bench().waited(0.05, delay=0.1) == 0.1


async def test_answers_of_a_server_that_goes_on_refusing_feeds_wake_ever_later() -> None:
    bench = Bench()
    waited = [await bench.waited(0.01, attempt=attempt) for attempt in range(8)]
    floors = [0.01, 1.0, 2.0, 4.0, 8.0, 16.0]
    assert waited == [*(round(floor + JITTER_SECONDS, 6) for floor in floors), LONG, LONG]


async def test_an_answer_late_enough_wakes_at_once_and_a_connection_that_worked_begins_anew() -> (
    None
):
    bench = Bench()
    for attempt in range(5):
        await bench.waited(0.01, attempt=attempt)
    assert await bench.waited(20.0, attempt=5) == 20.0 + JITTER_SECONDS
    assert await bench.waited(0.01, attempt=0) == 0.01 + JITTER_SECONDS


@pytest.mark.parametrize("closed", [Closed(BROKEN, retry_after=7.0), Closed(TOO_MANY)])
async def test_a_server_that_wants_less_is_waited_for_whatever_it_answers(closed: Closed) -> None:
    assert await Bench().waited(1.0, closed=closed) == LONG
