"""Handlers for tests that watch: one that waits at gates, one that fails, one that is hostile."""

import time
from pathlib import Path

from pydantic import BaseModel

from runcast import Run, Runcast

app = Runcast()


class Gates(BaseModel):
    """A folder in which a file with the number of a gate opens it."""

    folder: Path
    count: int


def pass_gate(folder: Path, number: int) -> int:
    """Wait in a step until a gate is open."""
    while not (folder / str(number)).exists():
        time.sleep(0.005)
    return number


@app.handler
async def gated(run: Run, gates: Gates) -> int:
    """Pass one gate after another."""
    for number in run.track(range(gates.count)):
        run.log("before gate %d", number)
        await run.step(pass_gate, gates.folder, number)
    return gates.count


@app.handler
async def failing(run: Run) -> None:
    """Fail."""
    run.log("about to fail", level="error")
    raise ValueError("no good")


@app.handler
async def reluctant(run: Run) -> None:
    """End as cancelled."""
    raise run.cancelled("not today")


@app.handler
async def hostile(run: Run) -> str:
    """Try to command the terminal."""
    run.log("\x1b[31mred\x1b[0m \x1b]0;title\x07 \x1b[2Jcleared \x9b3J", level="warning")
    run.output("half a line, ")
    await run.flush()
    run.output("and the rest\x1b[5;5H\rover\n")
    run.progress(1, 2, "\x1b[Hmessage")
    run.metric(**{"\x1b[Hloss": 0.5})
    run.emit("own", text="\x1b]52;c;AAAA\x07")
    return "\x1b]0;result\x07"
