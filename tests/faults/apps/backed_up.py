"""A handler that takes its time in steps, so that a backup finds it half way."""

import asyncio

from runcast import Run, Runcast

app = Runcast()


async def one_more(number: int) -> int:
    """Add one, slowly."""
    await asyncio.sleep(0.02)
    return number + 1


@app.handler
async def count(run: Run, number: int) -> int:
    """Add ten, a step at a time."""
    for done in run.track(range(10)):
        run.log("%d added", done)
        number = await run.step(one_more, number)
    return number
