"""A handler that says a lot, a round at a time, when the test lets it."""

import asyncio
import time
from pathlib import Path

from pydantic import BaseModel

from runcast import Run, Runcast

app = Runcast()


class Talk(BaseModel):
    """Rounds of events; a file with the number of a round in the folder begins it."""

    folder: Path
    rounds: int
    events: int
    size: int


def wait_for(file: Path) -> None:
    """Wait for the test."""
    while not file.exists():
        time.sleep(0.01)


@app.handler
async def talk(run: Run, given: Talk) -> None:
    """Say so many events of that size in each round, and the round's end."""
    for number in range(given.rounds):
        await asyncio.to_thread(wait_for, given.folder / str(number))
        for _ in range(given.events):
            run.log("x" * given.size)
        run.log("end of round %d", number)
        await run.flush()
