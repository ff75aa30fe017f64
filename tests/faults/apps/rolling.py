"""The application of a rolling upgrade, of public names alone, so that either version can run it.

Whatever it says carries the code that said it.
"""

import asyncio
from pathlib import Path
from typing import Any

from pydantic import BaseModel

import runcast
from runcast import Run, Runcast

app = Runcast()
CODE = str(Path(runcast.__file__).parents[1])


class Plan(BaseModel):
    """How many steps there are before the waits, and how long each takes."""

    steps: int = 3
    seconds: float = 0.02


async def square(run: Run, n: int, seconds: float) -> int:
    """Take a while, say so, and return the square."""
    run.emit("said", what=f"inside {n}", code=CODE)
    await asyncio.sleep(seconds)
    return n * n


@app.handler
async def chain(run: Run, plan: Plan) -> int:
    """Run steps one after the other."""
    total = 0
    for n in range(plan.steps):
        run.emit("said", what=f"before {n}", code=CODE)
        total += await run.step(square, run, n, plan.seconds, name=f"s{n}")
        run.progress(n + 1, plan.steps)
    return total


@app.handler
async def stranded(run: Run) -> int:
    """Run a step, and wait to be killed, the first time; go on the second time."""
    first: int = await run.step(square, run, 3, 0.0, name="first")
    if run.attempt == 1:
        await asyncio.Event().wait()
    second: int = await run.step(square, run, 4, 0.0, name="second")
    return first + second


@app.handler
async def everything(run: Run, plan: Plan) -> dict[str, Any]:
    """Run steps, start a child, ask, sleep, receive, and wait for the child."""
    total = await chain(run, plan)
    child = await run.start("chain", {"steps": plan.steps})
    word = await run.ask("Which word?", str, name="word")
    run.emit("said", what="after the answer", code=CODE)
    await run.sleep(0.8)
    signal = await run.receive("go")
    run.emit("said", what="after the signal", code=CODE)
    # 0.2.0 may park a run just as a sleep of it ends, and then misses the end of a child for which the
    # run comes to wait in that moment; with a step in between it does not.
    await run.step(square, run, 4, 0.0, name="after the sleep")
    return {"total": total, "word": word, "signal": signal, "child": await run.wait(child)}
