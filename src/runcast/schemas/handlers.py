"""Handlers and workers on the wire."""

from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict


class HandlerOut(BaseModel):
    """What can run, and the JSON Schema of its input; `live` when a worker has it now."""

    model_config = ConfigDict(from_attributes=True)

    name: str
    version: str | None
    description: str
    input_schema: dict[str, Any]
    options: dict[str, Any]
    live: bool


class WorkerOut(BaseModel):
    """A process that claims executions."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    name: str
    concurrency: int
    started_at: datetime
    seen_at: datetime
