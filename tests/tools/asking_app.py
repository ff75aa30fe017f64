"""Handlers for tests of the command line that ask and receive."""

from typing import Any, Literal

from runcast import Run, Runcast

app = Runcast()


@app.handler
async def asking(run: Run) -> Any:
    """Ask for yes or no, then for a choice."""
    if not await run.ask("Keep it?", bool):
        return None
    return await run.ask("At which rate?", Literal["low", "high"])


@app.handler
async def receiving(run: Run) -> Any:
    """Wait for a signal, and return what it carries."""
    return await run.receive("go")
