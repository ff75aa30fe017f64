"""The log: one row an event, its payload stored as the text that goes over the wire."""

from uuid import UUID

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from runcast.models.base import Base

# By the default a fifth of the table would have to be dead, or new, before it is looked at.
_OFTEN_APPENDED = {
    "autovacuum_vacuum_scale_factor": 0.02,
    "autovacuum_vacuum_insert_scale_factor": 0.05,
    "autovacuum_analyze_scale_factor": 0.02,
}


class Event(Base):
    """Entry `seq` of an execution's log. `payload` is the whole event as JSON text."""

    __tablename__ = "events"
    __table_args__ = (
        # What a question asks is looked up when it is answered, in logs of any length.
        Index(
            "ix_events_questions",
            "execution_id",
            "seq",
            sqlite_where=text("kind = 'question'"),
            postgresql_where=text("kind = 'question'"),
        ),
        {"sqlite_with_rowid": False, "postgresql_with": _OFTEN_APPENDED},
    )

    execution_id: Mapped[UUID] = mapped_column(
        ForeignKey("executions.id", ondelete="CASCADE"), primary_key=True
    )
    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    kind: Mapped[str]
    payload: Mapped[str]


class Payload(Base):
    """A value too large to ride in an event, which carries `{"$ref": ref, "size": n}` instead."""

    __tablename__ = "payloads"

    execution_id: Mapped[UUID] = mapped_column(
        ForeignKey("executions.id", ondelete="CASCADE"), primary_key=True
    )
    ref: Mapped[str] = mapped_column(primary_key=True)
    body: Mapped[str]
