"""The application under measurement: one handler that emits as fast as it is committed."""

import asyncio

from pydantic import BaseModel

from runcast import Run, Runcast

app = Runcast()
TEXT = "x" * 100


class Emitting(BaseModel):
    """How many events, and how many between two waits for their commit."""

    events: int = 100_000
    between: int = 500


@app.handler
async def emitting(run: Run, spec: Emitting) -> int:
    """Emit log lines of about 200 bytes on the wire."""
    for number in range(spec.events):
        run.log(TEXT, n=number)
        if number % spec.between == 0:
            await run.flush()
    await run.flush()
    return spec.events


@app.handler
async def nothing(run: Run) -> None:
    """Do nothing: what an execution itself costs."""


@app.handler
async def sleeping(run: Run) -> None:
    """Run until the process ends."""
    await asyncio.Event().wait()
