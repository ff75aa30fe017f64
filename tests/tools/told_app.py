"""Handlers for tests that watch: what they say, and when they end, is told to them by signals."""

import asyncio
from collections.abc import Iterator
from itertools import count

from pydantic import BaseModel

from runcast import Run, Runcast

LEVELS = ("debug", "info", "warning", "error")
BETWEEN_SECONDS = 0.02


class Plan(BaseModel):
    """How many lines to say at once."""

    lines: int = 4


async def counting(run: Run, plan: Plan) -> int:
    """Say lines, after each signal `more` as many as it says, until it says none."""
    numbers, more = count(1), plan.lines
    total = 0
    while more:
        total += more
        say(run, numbers, more)
        run.progress(total)
        more = int(await run.receive("more"))
    return total


async def streaming(run: Run, plan: Plan) -> int:
    """Say lines, finish a step, and go on saying lines until the signal `stop`."""
    numbers = count(1)
    say(run, numbers, plan.lines)
    await run.step(mark)
    talking = asyncio.create_task(_talk(run, numbers))
    try:
        await run.receive("stop")
    finally:
        talking.cancel()
    return next(numbers) - 1


async def asking(run: Run) -> str:
    """Ask whether to keep it, then for a name."""
    kept = await run.ask("Keep it?", bool)
    run.log("kept" if kept else "let go")
    name = await run.ask("Under which name?", str)
    run.log(f"named {name}")
    return str(name)


def mark() -> None:
    """Stand in the log."""


def say(run: Run, numbers: Iterator[int], lines: int) -> None:
    """Say as many lines, each louder than the one before, up to an error."""
    for number in (next(numbers) for _ in range(lines)):
        run.log(f"line {number}", level=LEVELS[number % len(LEVELS)])


async def _talk(run: Run, numbers: Iterator[int]) -> None:
    while True:
        say(run, numbers, 1)
        await asyncio.sleep(BETWEEN_SECONDS)


def add_told(app: Runcast) -> None:
    """Add these handlers to an application."""
    for handler in (counting, streaming, asking):
        app.handler(handler)


app = Runcast()
add_told(app)
