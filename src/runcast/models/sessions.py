"""Sign-ins: one row is one session, a family of refresh tokens."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from runcast.models.base import Base


class Session(Base):
    """One sign-in of one person; the row is the truth about whether it still holds.

    Only the hash of the newest refresh token is kept. Each token's successor is derived from it with
    the server's key, so the one before is recognised by hashing forward (see services/sessions).
    `methods` says how its person proved who they are (RFC 8176's names), and `proved_at` when last;
    None for as long ago as the session is old.
    """

    __tablename__ = "sessions"
    __table_args__ = (Index("ix_sessions_user_id_id", "user_id", "id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    refresh_hash: Mapped[bytes]
    generation: Mapped[int] = mapped_column(default=0)
    rotated_at: Mapped[datetime]
    user_agent: Mapped[str]
    address: Mapped[str]
    methods: Mapped[str] = mapped_column(server_default=text("'pwd'"))
    proved_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    last_used_at: Mapped[datetime] = mapped_column(index=True)
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class SetupToken(Base):
    """The one token that makes the first administrator; only its hash is kept, and only until then."""

    __tablename__ = "setup_tokens"

    hash: Mapped[bytes] = mapped_column(primary_key=True)
    created_at: Mapped[datetime]
