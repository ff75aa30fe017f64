"""Figures about executions on the wire."""

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict

from runcast.lifecycle import State


class CountOut(BaseModel):
    """How many are in a state; `at_least` says that there may be more."""

    model_config = ConfigDict(from_attributes=True)

    count: int
    at_least: bool


class MinuteOut(BaseModel):
    """One minute: how many ended in it, how many were due and not yet begun at its end."""

    model_config = ConfigDict(from_attributes=True)

    at: datetime
    ended: int
    queued: int


class DurationsOut(BaseModel):
    """Seconds from first start to end, over the sample's ended executions."""

    model_config = ConfigDict(from_attributes=True)

    count: int
    p50: float | None
    p95: float | None


class SampleOut(BaseModel):
    """What minutes and durations were worked out from: the newest executions."""

    model_config = ConfigDict(from_attributes=True)

    executions: int
    since: datetime | None
    complete: bool


class StatsOut(BaseModel):
    """Figures about everybody's executions, a team's, or one's own."""

    model_config = ConfigDict(from_attributes=True)

    scope: Literal["all", "own", "team"]
    at: datetime
    states: dict[State, CountOut]
    minutes: list[MinuteOut]
    durations: DurationsOut
    sample: SampleOut
