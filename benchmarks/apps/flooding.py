"""The application under the console's measurement: a handler that says much, at a pace or at once."""

import asyncio

from pydantic import BaseModel

from runcast import Run, Runcast

app = Runcast()
COLOURS = ("\x1b[31m", "\x1b[32m", "\x1b[1;33m", "\x1b[38;5;208m", "")
LEVELS = ("info", "debug", "info", "warning", "info")
BETWEEN = 500


class Flood(BaseModel):
    """How many events; and how many in a second, or 0 for as many as are committed."""

    events: int = 100_000
    a_second: int = 0


@app.handler
async def flood(run: Run, spec: Flood) -> int:
    """Log lines in colours, with a metric and a progress now and then."""
    clock = asyncio.get_running_loop()
    began = clock.time()
    for number in range(spec.events):
        say(run, number, spec.events)
        if spec.a_second:
            ahead = began + number / spec.a_second - clock.time()
            if ahead > 0.005:
                await asyncio.sleep(ahead)
        elif number % BETWEEN == 0:
            await run.flush()
    return spec.events


def say(run: Run, number: int, total: int) -> None:
    """Emit one event: of 50, one is a metric and one a progress."""
    if number % 50 == 0:
        run.metric(loss=1 / (number + 1) + number % 7, rate=number % 100)
    elif number % 50 == 1:
        run.progress(number, total)
    else:
        colour = COLOURS[number % len(COLOURS)]
        level = LEVELS[number % len(LEVELS)]
        run.log(f"{colour}line {number}\x1b[0m of a log that goes on and on", level=level, n=number)
