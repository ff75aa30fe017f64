"""An application as it lies in a container."""

from runcast import Run, Runcast

app = Runcast()


@app.handler
async def double(run: Run, number: int) -> dict[str, int]:
    """Double a number."""
    run.log("doubling %d", number)
    return {"doubled": 2 * number}
