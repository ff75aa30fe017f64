"""Executions: one run of a handler on an input, and what people asked of it."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from runcast.models.base import Base, index_where_given

# Every group rewrites the rows of what it extends: room for the new version on the same page spares the
# indexes, and dead rows, which slow claims tenfold, are cleared early however large the table is.
_OFTEN_REWRITTEN = {
    "fillfactor": 70,
    "autovacuum_vacuum_scale_factor": 0.01,
    "autovacuum_vacuum_threshold": 1000,
    "autovacuum_analyze_scale_factor": 0.02,
    "autovacuum_vacuum_cost_delay": 1,
}
_DUE = "state = 'queued' AND wake_at IS NULL"
_STATES = "'queued', 'running', 'waiting', 'succeeded', 'failed', 'cancelled'"


class Execution(Base):
    """The row whose lock orders the log: `last_seq` is the log's head, `claim` the fencing token.

    It is its owner's or, where `team_id` is given, that team's.

    Documents (`input`, `result`, `error`, `progress`) are kept as the JSON text that goes over the
    wire: they are handed on, never queried. An `input` of "" stands in the payloads, being large.
    `write_no` counts the writes of the live claim, so that a commit of unknown fate is known
    afterwards; `inbox` counts what was addressed to the execution, `signals_waiting` what of
    it are signals that nobody has received; `wake_at` is when a timer wakes it:
    the due time of a later start or retry, or the end of a timed wait. `open_questions` is a JSON list
    of ids. The log begins at `oldest_seq`; `log_pruned` says that nothing but its final event is left.
    """

    __tablename__ = "executions"
    __table_args__ = (
        CheckConstraint(f"state IN ({_STATES})", name="state"),
        Index("ix_executions_owner_id_id", "owner_id", "id"),
        Index("ix_executions_owner_id_state_id", "owner_id", "state", "id"),
        Index("ix_executions_owner_id_handler_id", "owner_id", "handler", "id"),
        index_where_given("executions", "team_id", "id"),
        index_where_given("executions", "team_id", "state", "id"),
        index_where_given("executions", "team_id", "handler", "id"),
        index_where_given("executions", "item_id", "id"),
        index_where_given("executions", "parent_id", "id"),
        index_where_given("executions", "retry_of"),
        Index(
            "ix_executions_due",
            "handler",
            text("priority DESC"),
            "run_at",
            "id",
            sqlite_where=text(_DUE),
            postgresql_where=text(_DUE),
        ),
        Index(
            "ix_executions_wake_at",
            "wake_at",
            sqlite_where=text("wake_at IS NOT NULL"),
            postgresql_where=text("wake_at IS NOT NULL"),
        ),
        Index(
            "ix_executions_running",
            "worker_id",
            sqlite_where=text("state = 'running'"),
            postgresql_where=text("state = 'running'"),
        ),
        Index(
            "ix_executions_ended",
            "log_pruned",
            "finished_at",
            sqlite_where=text("finished_at IS NOT NULL"),
            postgresql_where=text("finished_at IS NOT NULL"),
        ),
        {"postgresql_with": _OFTEN_REWRITTEN},
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    owner_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    team_id: Mapped[UUID | None] = mapped_column(ForeignKey("runcast_teams.id"))
    item_id: Mapped[UUID | None] = mapped_column(ForeignKey("items.id", ondelete="SET NULL"))
    retry_of: Mapped[UUID | None] = mapped_column(ForeignKey("executions.id", ondelete="SET NULL"))
    parent_id: Mapped[UUID | None] = mapped_column(ForeignKey("executions.id", ondelete="SET NULL"))
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
    write_no: Mapped[int] = mapped_column(default=0)
    resuming: Mapped[bool] = mapped_column(default=False)
    worker_id: Mapped[UUID | None]
    inbox: Mapped[int] = mapped_column(default=0)
    signals_waiting: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    cancel_requested: Mapped[bool] = mapped_column(default=False)
    open_questions: Mapped[str] = mapped_column(default="[]")
    wake_at: Mapped[datetime | None]
    oldest_seq: Mapped[int] = mapped_column(default=1)
    log_pruned: Mapped[bool] = mapped_column(server_default=text("false"))
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
