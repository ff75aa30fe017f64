"""Workers, and the handlers that they announce."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from runcast.models.base import Base, Document


class Worker(Base):
    """A process that claims executions; `seen_at` is its last sign of life, `version` Runcast's."""

    __tablename__ = "workers"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str]
    version: Mapped[str | None]
    concurrency: Mapped[int]
    started_at: Mapped[datetime]
    seen_at: Mapped[datetime]


class WorkerHandler(Base):
    """A handler that a worker has, in the version that it has."""

    __tablename__ = "worker_handlers"

    worker_id: Mapped[UUID] = mapped_column(
        ForeignKey("workers.id", ondelete="CASCADE"), primary_key=True
    )
    handler: Mapped[str] = mapped_column(primary_key=True, index=True)
    version: Mapped[str | None]


class Handler(Base):
    """A handler that some process announced, so that a process without its code knows it."""

    __tablename__ = "handlers"

    name: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[str | None]
    description: Mapped[str]
    input_schema: Mapped[dict[str, Any]] = mapped_column(Document())
    options: Mapped[dict[str, Any]] = mapped_column(Document())
    announced_at: Mapped[datetime]
