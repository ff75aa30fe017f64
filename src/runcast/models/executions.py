"""Executions: one run of a handler on an input, and what people asked of it."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from runcast.models.base import Base

_STATES = "'queued', 'running', 'waiting', 'succeeded', 'failed', 'cancelled'"


class Execution(Base):
    """The row whose lock orders the log: `last_seq` is the log's head, `claim` the fencing token.

    Documents (`input`, `result`, `error`, `progress`) are kept as the JSON text that goes over the
    wire: they are handed on, never queried. An `input` of "" stands in the payloads, being large.
    """

    __tablename__ = "executions"
    __table_args__ = (
        CheckConstraint(f"state IN ({_STATES})", name="state"),
        Index("ix_executions_owner_id_id", "owner_id", "id"),
        Index("ix_executions_owner_id_state_id", "owner_id", "state", "id"),
        Index("ix_executions_item_id_id", "item_id", "id"),
        Index(
            "ix_executions_queued",
            text("priority DESC"),
            "run_at",
            "id",
            sqlite_where=text("state = 'queued'"),
            postgresql_where=text("state = 'queued'"),
        ),
        Index(
            "ix_executions_running",
            "worker_id",
            sqlite_where=text("state = 'running'"),
            postgresql_where=text("state = 'running'"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    owner_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    item_id: Mapped[UUID | None] = mapped_column(ForeignKey("items.id", ondelete="SET NULL"))
    retry_of: Mapped[UUID | None] = mapped_column(
        ForeignKey("executions.id", ondelete="SET NULL"), index=True
    )
    parent_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("executions.id", ondelete="SET NULL"), index=True
    )
    handler: Mapped[str]
    handler_version: Mapped[str | None]
    state: Mapped[str]
    priority: Mapped[int] = mapped_column(default=0)
    run_at: Mapped[datetime]
    input: Mapped[str]
    result: Mapped[str | None]
    error: Mapped[str | None]
    progress: Mapped[str | None]
    attempt: Mapped[int] = mapped_column(default=0)
    retries: Mapped[int] = mapped_column(default=0)
    takeovers: Mapped[int] = mapped_column(default=0)
    claim: Mapped[int] = mapped_column(default=0)
    worker_id: Mapped[UUID | None]
    inbox: Mapped[int] = mapped_column(default=0)
    cancel_requested: Mapped[bool] = mapped_column(default=False)
    open_questions: Mapped[int] = mapped_column(default=0)
    oldest_seq: Mapped[int] = mapped_column(default=1)
    last_seq: Mapped[int] = mapped_column(default=0)
    last_at: Mapped[str]
    created_at: Mapped[datetime]
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]


class Command(Base):
    """What a person sent under an id of their own, and what became of it: a repeat gets the same.

    `scope` says whose id it is: the principal for a start, principal and execution for the rest.
    """

    __tablename__ = "commands"

    scope: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    digest: Mapped[bytes]
    execution_id: Mapped[UUID] = mapped_column(
        ForeignKey("executions.id", ondelete="CASCADE"), index=True
    )
    outcome: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(index=True)
