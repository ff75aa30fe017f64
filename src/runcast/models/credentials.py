"""What opens something besides a session, each for what it was made for, and the keys that sign."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from runcast.models.base import Base, Document


class ApiKey(Base):
    """A program's credential: it acts for its owner, as far as its scopes go. Only its hash is kept.

    `hint` is the beginning of the key, by which its owner tells it from others.
    """

    __tablename__ = "runcast_api_keys"
    __table_args__ = (Index("ix_runcast_api_keys_user_id_id", "user_id", "id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    name: Mapped[str]
    hint: Mapped[str]
    hash: Mapped[bytes] = mapped_column(unique=True)
    scopes: Mapped[list[Any]] = mapped_column(Document())
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    last_used_at: Mapped[datetime | None]


class Share(Base):
    """A link by which anybody who has it watches one execution, and does nothing else."""

    __tablename__ = "runcast_shares"
    __table_args__ = (Index("ix_runcast_shares_execution_id_id", "execution_id", "id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    execution_id: Mapped[UUID] = mapped_column(ForeignKey("executions.id", ondelete="CASCADE"))
    created_by: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    hash: Mapped[bytes] = mapped_column(unique=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]


class Ticket(Base):
    """What opens one socket, once: a page can send no header with it, and shows this instead.

    It stands for the session or key that asked for it, and holds no longer than that credential, nor than
    the key that signed it.
    """

    __tablename__ = "runcast_tickets"

    hash: Mapped[bytes] = mapped_column(primary_key=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    session_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("sessions.id", ondelete="CASCADE"), index=True
    )
    api_key_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("runcast_api_keys.id", ondelete="CASCADE"), index=True
    )
    execution_id: Mapped[UUID] = mapped_column(
        ForeignKey("executions.id", ondelete="CASCADE"), index=True
    )
    origin: Mapped[str | None]
    credential_expires_at: Mapped[datetime | None]
    signed_by: Mapped[str | None]
    expires_at: Mapped[datetime] = mapped_column(index=True)


class OneTimeCode(Base):
    """What somebody was handed and may show once: by mail, as a challenge, between two steps of a sign-in.

    Only its hash is kept; `data` is whatever its purpose needs to know again.
    """

    __tablename__ = "runcast_one_time_codes"

    hash: Mapped[bytes] = mapped_column(primary_key=True)
    purpose: Mapped[str]
    user_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), index=True
    )
    data: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)


class SigningKey(Base):
    """A key that access tokens are signed with, from `signs_from` on until a younger one does.

    Only the server's secret opens what is sealed.
    """

    __tablename__ = "runcast_signing_keys"

    kid: Mapped[str] = mapped_column(primary_key=True)
    sealed: Mapped[bytes]
    created_at: Mapped[datetime]
    signs_from: Mapped[datetime] = mapped_column(unique=True)
