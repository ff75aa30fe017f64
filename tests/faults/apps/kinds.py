"""The application of the proof: handlers of every kind, whose steps leave a line in `effects.txt`.

Whatever a handler says carries its attempt and its process, so that the log itself shows who wrote it.
"""

import asyncio
import os
import time
from collections import Counter
from typing import Any

from pydantic import BaseModel

from runcast import Run, Runcast
from runcast.workers.children import ChildFailed

app = Runcast()
_tries: Counter[tuple[str, str, int]] = Counter()


class Plan(BaseModel):
    """How much there is to do, and how long each part takes."""

    parts: int = 5
    seconds: float = 0.02


class Refused(Exception):
    """The handler fails on purpose."""

    code = "refused"


def say(run: Run, what: str, n: int) -> None:
    """Emit something that shows who says it."""
    run.emit("said", what=what, n=n, run=run.attempt, pid=os.getpid())


def note(run: Run, key: str) -> int:
    """Leave a line outside the database; return how often this process tried this in this attempt."""
    mine = (str(run.execution_id), key, run.attempt)
    _tries[mine] += 1
    line = " ".join(map(str, (*mine, _tries[mine], f"{time.time():.6f}", os.getpid())))
    file = os.open("effects.txt", os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    os.write(file, f"{line}\n".encode())
    os.close(file)
    return _tries[mine]


def plain_effect(run: Run, n: int, seconds: float) -> int:
    """Leave a line, take a while in a thread, return the square."""
    note(run, f"s{n}")
    say(run, "inside", n)
    time.sleep(seconds)
    return n * n


async def async_effect(run: Run, n: int, seconds: float) -> int:
    """Leave a line, take a while on the loop, return the square."""
    note(run, f"s{n}")
    say(run, "inside", n)
    await asyncio.sleep(seconds)
    return n * n


def uncertain_effect(run: Run, n: int) -> int:
    """Leave a line, and fail the first time in each attempt."""
    if note(run, f"s{n}") == 1:
        raise Refused("not yet")
    return n * n


async def one_step(run: Run, n: int, seconds: float) -> int:
    """Run one of the steps, in turn an async and a plain one."""
    effect = async_effect if n % 2 else plain_effect
    squared: int = await run.step(effect, run, n, seconds, name=f"s{n}")
    return squared


@app.handler
async def chain(run: Run, plan: Plan) -> int:
    """Run steps one after the other, and say something around each."""
    total = 0
    for n in range(plan.parts):
        say(run, "before", n)
        total += await one_step(run, n, plan.seconds)
        say(run, "after", n)
    return total


@app.handler
async def beside(run: Run, plan: Plan) -> int:
    """Run all steps side by side."""
    say(run, "before", 0)
    steps = (one_step(run, n, plan.seconds * (n + 1)) for n in range(plan.parts))
    total = sum(await asyncio.gather(*steps))
    say(run, "after", 0)
    return total


@app.handler
async def chatter(run: Run, plan: Plan) -> int:
    """Say much, and remember nothing."""
    for n in range(plan.parts):
        say(run, "line", n)
        run.progress(n + 1, plan.parts)
        await asyncio.sleep(plan.seconds)
    return plan.parts


@app.handler
def plainly(run: Run, plan: Plan) -> int:
    """Say something from a thread."""
    for n in range(plan.parts):
        say(run, "line", n)
        time.sleep(plan.seconds)
    return plan.parts


@app.handler
async def talker(run: Run, plan: Plan) -> dict[str, list[Any]]:
    """Ask, sleep, receive, and work in between."""
    words, signals = [], []
    for n in range(plan.parts):
        say(run, "before", n)
        words.append(await run.ask(f"Word {n}?", str, name=f"word{n}"))
        await one_step(run, n, plan.seconds)
        await run.sleep(1.0)
        signals.append(await run.receive("nudge"))
        say(run, "after", n)
    return {"words": words, "signals": signals}


@app.handler
async def impatient(run: Run, plan: Plan) -> str:
    """Wait for what nobody sends."""
    say(run, "before", 0)
    try:
        await run.receive("never", timeout=1.5)
    except TimeoutError:
        say(run, "after", 0)
    try:
        await run.ask("Who is there?", str, timeout=0.3)
    except TimeoutError:
        say(run, "after", 1)
    await one_step(run, 0, plan.seconds)
    return "in vain"


@app.handler
async def parent(run: Run, plan: Plan) -> list[Any]:
    """Start children, work, and wait for all of them."""
    started = [
        await run.start("chain", {"parts": plan.parts}),
        await run.start("chatter", {"parts": plan.parts}),
        await run.start("doomed"),
    ]
    say(run, "before", 0)
    await one_step(run, 0, plan.seconds)
    ends: list[Any] = []
    for child in started:
        try:
            ends.append(await run.wait(child))
        except ChildFailed as failed:
            ends.append(failed.code)
    say(run, "after", 0)
    return ends


@app.handler(retries=2)
async def flaky(run: Run, plan: Plan) -> int:
    """Fail in the first two attempts."""
    total: int = await one_step(run, 1, plan.seconds)
    say(run, "before", 0)
    if run.attempt <= 2:
        raise Refused(f"attempt {run.attempt}")
    total += await run.step(uncertain_effect, run, 2, name="s2", retries=1)
    say(run, "after", 0)
    return total


@app.handler
async def doomed(run: Run) -> None:
    """Fail."""
    say(run, "line", 0)
    raise Refused("never")


@app.handler
async def endless(run: Run, plan: Plan) -> None:
    """Run steps until somebody cancels it."""
    n = 0
    while True:
        say(run, "before", n)
        await one_step(run, n, plan.seconds)
        n += 1


@app.handler
async def quitter(run: Run) -> None:
    """Cancel itself."""
    say(run, "line", 0)
    raise run.cancelled("enough")


@app.handler
async def guarded(run: Run, plan: Plan) -> int:
    """Run steps as `chain`, and leave a line when it is stopped from outside."""
    try:
        return await chain(run, plan)
    except asyncio.CancelledError:
        note(run, "stopped")
        raise
