"""What each kind of event says in its `data`, for clients that are generated; nothing is checked by these."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel, Field

from runcast.schemas.executions import ExecutionError

# What anybody may see is shown without who did it.
By = UUID | None


class ResumedData(BaseModel):
    """Nothing."""


class QueuedData(BaseModel):
    """Why it is queued, unless it is new."""

    retry_of: UUID | None = None
    reason: Literal["worker_lost", "handed_back"] | None = None


class StartedData(BaseModel):
    """Who works on it."""

    worker: str


class Wait(BaseModel):
    """One of the things that a parked execution waits for: its key, and one of the others."""

    key: str
    question: str | None = None
    signal: str | None = None
    timer: str | None = None
    child: str | None = None


class WaitingData(BaseModel):
    """What it waits for, and for how many seconds it has run."""

    waits: list[Wait] = Field(alias="for")
    ran: float


class RetryingData(BaseModel):
    """What went wrong, and when it is tried again."""

    error: ExecutionError
    next_at: datetime


class SupersededData(BaseModel):
    """The attempt that was cut short, and its events, both ends included."""

    attempt: int
    first: int = Field(alias="from")
    last: int = Field(alias="to")


class SucceededData(BaseModel):
    """What came of it."""

    result: Any


class FailedData(BaseModel):
    """What went wrong."""

    error: ExecutionError


class CancelledData(BaseModel):
    """Who ended it, or why its handler did."""

    by: By = None
    reason: str | None = None


class CancelRequestedData(BaseModel):
    """Who asked."""

    by: By = None


class QuestionData(BaseModel):
    """What is asked, and the JSON Schema of its answer."""

    id: str
    prompt: str
    answer_schema: dict[str, Any] = Field(alias="schema")
    expires_at: datetime | None


class AnswerData(BaseModel):
    """What was answered to which question."""

    question: str
    value: Any
    by: By = None


class SignalData(BaseModel):
    """What was told under which name."""

    name: str
    data: Any
    by: By = None


class ChildStartedData(BaseModel):
    """Which execution was started, by which call."""

    key: str
    execution_id: UUID
    digest: str | None = None


class StepStartedData(BaseModel):
    """Which step began; `of` says what is waited for, where it is no step."""

    key: str
    name: str
    of: Literal["timer", "signal", "child"] | None = None
    until: datetime | None = None
    digest: str | None = None


class StepSucceededData(BaseModel):
    """What came of which step, and the execution that it was copied from."""

    key: str
    result: Any
    digest: str | None = None
    of: Literal["timer", "signal", "child"] | None = None
    copied_from: UUID | None = None


class StepError(ExecutionError):
    """Why a step failed; of a child that did, `execution_id` names it."""

    execution_id: str | None = None


class StepFailedData(BaseModel):
    """What went wrong in which step; of a question that nobody answered in time, `key` is its id."""

    key: str
    error: StepError
    will_retry: bool
    of: Literal["timer", "signal", "child", "question"] | None = None
    digest: str | None = None


class ProgressData(BaseModel):
    """How far the work is."""

    done: float
    total: float | None
    message: str | None


class LogData(BaseModel):
    """A line, and what goes with it."""

    level: str
    message: str
    fields: dict[str, Any]


class OutputData(BaseModel):
    """A piece of a stream's text."""

    stream: str
    text: str


class MetricData(BaseModel):
    """Numbers by their names."""

    values: dict[str, float]


DATA: dict[str, type[BaseModel]] = {
    "execution.queued": QueuedData,
    "execution.started": StartedData,
    "execution.waiting": WaitingData,
    "execution.resumed": ResumedData,
    "execution.retrying": RetryingData,
    "execution.superseded": SupersededData,
    "execution.succeeded": SucceededData,
    "execution.failed": FailedData,
    "execution.cancelled": CancelledData,
    "cancel.requested": CancelRequestedData,
    "question": QuestionData,
    "answer": AnswerData,
    "signal": SignalData,
    "child.started": ChildStartedData,
    "step.started": StepStartedData,
    "step.succeeded": StepSucceededData,
    "step.failed": StepFailedData,
    "progress": ProgressData,
    "log": LogData,
    "output": OutputData,
    "metric": MetricData,
}
