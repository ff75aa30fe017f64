"""An application whose steps leave a line in `effects.txt`, and which can be made to die on news.

With `EXIT_AT_NEWS=k` in its environment the process ends, without a word, when the k-th commit is told:
after the commit, before anyone hears of it.
"""

import asyncio
import os
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from pydantic import BaseModel

from runcast import Run, Runcast
from runcast.services.event_log import Appended


class Plan(BaseModel):
    """How many steps, and how long each takes."""

    steps: int = 10
    seconds: float = 0.01


def effect(run: Run, step: int, seconds: float) -> int:
    """Take a while, leave a line, return the square."""
    run.emit("inside", step=step)
    time.sleep(seconds)
    line = f"{run.execution_id} {step} {run.attempt}\n".encode()
    file = os.open("effects.txt", os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    os.write(file, line)
    os.close(file)
    return step * step


@asynccontextmanager
async def dying(app: Any) -> AsyncIterator[None]:
    """End the process on the news that was asked for."""
    left = int(os.environ.get("EXIT_AT_NEWS", "0"))

    def count(_appended: Appended) -> None:
        nonlocal left
        left -= 1
        if left == 0:
            os._exit(9)

    # First of all listeners, so that nobody has heard.
    app.state.runtime.log._listeners.insert(0, count)
    yield


app = Runcast(lifespan=dying)


@app.handler
async def work(run: Run, plan: Plan) -> int:
    """Run the steps one after the other, saying something around each."""
    total = 0
    for step in range(plan.steps):
        run.emit("before", step=step)
        total += await run.step(effect, run, step, plan.seconds)
        run.emit("after", step=step)
    return total


@app.handler
async def endless(run: Run) -> None:
    """Wait to be stopped, the first time; end the second time."""
    run.log("waiting")
    if run.attempt == 1:
        await asyncio.Event().wait()
