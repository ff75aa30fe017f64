"""A handler with every kind of field in its input, for the form that is drawn from its schema."""

from typing import Literal

from pydantic import BaseModel, Field

from runcast import Run
from runcast.application import Runcast


class Place(BaseModel):
    """Where it is to happen."""

    city: str = "Vienna"
    floor: int | None = None


class Everything(BaseModel):
    """One of each."""

    word: str = Field(title="Word", description="What is said.")
    times: int = Field(default=1, ge=1, le=5, title="Times")
    ratio: float = 0.5
    loud: bool = False
    mode: Literal["fast", "careful"] = "careful"
    tags: list[str] = []
    places: list[Place] = []
    place: Place = Place()
    limits: dict[str, int] = {}
    note: str | None = None


async def everything(_run: Run, spec: Everything) -> Everything:
    """Take one of each, and give it back."""
    return spec


async def fails(_run: Run) -> None:
    """Fail."""
    raise RuntimeError("it was meant to")


async def waits(run: Run) -> bool:
    """Ask, and wait for the answer."""
    answer: bool = await run.ask("Go on?", bool)
    return answer


def add_forms(app: Runcast) -> None:
    """Register the handlers."""
    for function in (everything, fails, waits):
        app.handler(function)
