"""Figures about executions on the wire."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, model_validator

from runcast.lifecycle import State
from runcast.schemas.items import HandlerName


class StatsQuery(BaseModel):
    """Of which executions, and how far back."""

    model_config = ConfigDict(extra="forbid")

    team_id: UUID | None = Field(default=None, description="A team's.")
    scope: Literal["all", "own"] | None = Field(
        default=None,
        description="`all` is for administrators, and what they get without it; others get `own`.",
    )
    handler: HandlerName | None = Field(default=None, description="Those of this handler alone.")
    period: Literal["hour", "day", "week"] | None = Field(
        default=None, description="With a timeline: 60 minutes, 96 quarters, or 84 times two hours."
    )

    @model_validator(mode="after")
    def _of_one_kind(self) -> "StatsQuery":
        """Refuse figures that would be of two kinds."""
        if self.scope is not None and self.team_id is not None:
            raise ValueError("scope goes with no team_id")
        return self


class StateCount(BaseModel):
    """How many are in a state; `at_least` says that there may be more."""

    model_config = ConfigDict(from_attributes=True)

    count: int
    at_least: bool


class StatsMinute(BaseModel):
    """One minute: how many ended in it, how many were due and not yet begun at its end."""

    model_config = ConfigDict(from_attributes=True)

    at: datetime
    ended: int
    queued: int


class StatsDurations(BaseModel):
    """Seconds from first start to end, over the sample's ended executions."""

    model_config = ConfigDict(from_attributes=True)

    count: int
    p50: float | None
    p95: float | None


class StatsSample(BaseModel):
    """What minutes and durations were worked out from: the newest executions."""

    model_config = ConfigDict(from_attributes=True)

    executions: int
    since: datetime | None
    complete: bool


class StatsBucket(BaseModel):
    """What ended in a part of a period, how long that took, and how many were due at its end.

    `p50` and `p95` are seconds from first start to end, null where nothing ended that had begun. The
    last bucket ends at `at` of the answer. `at_least` says that there may be more.
    """

    model_config = ConfigDict(from_attributes=True)

    at: datetime
    succeeded: int
    failed: int
    cancelled: int
    p50: float | None
    p95: float | None
    queued: int
    at_least: bool


class StatsTimeline(BaseModel):
    """A period in buckets of so many seconds, the oldest first."""

    model_config = ConfigDict(from_attributes=True)

    period: Literal["hour", "day", "week"]
    seconds: int
    buckets: list[StatsBucket]


class Stats(BaseModel):
    """Figures about everybody's executions, a team's, or one's own."""

    model_config = ConfigDict(from_attributes=True)

    scope: Literal["all", "own", "team"]
    at: datetime
    states: dict[State, StateCount]
    minutes: list[StatsMinute]
    durations: StatsDurations
    sample: StatsSample
    timeline: StatsTimeline | None
