"""Sweep learning rates: each is tried once, whatever crashes.  runcast serve examples/quickstart.py"""

from pydantic import BaseModel

from runcast import Run, Runcast

app = Runcast()


class Sweep(BaseModel):
    """Which learning rates to try."""

    rates: list[float] = [0.1, 0.03, 0.01]


def fit(rate: float) -> float:
    """Stand in for an expensive fit; return its loss."""
    return (rate - 0.03) ** 2


@app.handler(retries=3, timeout=600)
async def sweep(run: Run, spec: Sweep) -> dict[str, float]:
    """Try each learning rate and keep the best."""
    scores = {}
    for rate in run.track(spec.rates):
        scores[rate] = await run.step(fit, rate)
        run.metric(loss=scores[rate])
        run.log("tried %s", rate)
    return {"rate": min(scores, key=scores.__getitem__)}
