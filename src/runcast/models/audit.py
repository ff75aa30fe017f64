"""The audit log: who did what to their account, to others', or to what is shared, and from where."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from runcast.models.base import Base


class AuditEntry(Base):
    """One act. It outlives those whom it names, and holds no secret.

    `user_id` is who acted, if that is known; `subject` what was acted on, as `user 0199…`.
    """

    __tablename__ = "runcast_audit"
    __table_args__ = (
        Index("ix_runcast_audit_at_id", "at", "id"),
        Index("ix_runcast_audit_action_at_id", "action", "at", "id"),
        Index("ix_runcast_audit_user_id_at_id", "user_id", "at", "id"),
        Index("ix_runcast_audit_subject_at_id", "subject", "at", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    action: Mapped[str]
    user_id: Mapped[UUID | None]
    session_id: Mapped[UUID | None]
    key_id: Mapped[UUID | None]
    address: Mapped[str]
    user_agent: Mapped[str]
    subject: Mapped[str | None]
    details: Mapped[dict[str, Any]]
