"""Workers on the wire."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel


class WorkerHandler(BaseModel):
    """A handler that a worker has, in the version that it has."""

    name: str
    version: str | None


class Worker(BaseModel):
    """A process that claims executions; `version` is Runcast's own there, `running` how many run now."""

    id: UUID
    name: str
    version: str | None
    concurrency: int
    running: int
    handlers: list[WorkerHandler]
    started_at: datetime
    seen_at: datetime
    live: bool
