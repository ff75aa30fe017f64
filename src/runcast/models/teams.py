"""Teams: people who share items and executions, each in a role."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from runcast.models.base import Base

_ROLES = "'viewer', 'operator', 'owner'"


class Team(Base):
    """What items and executions may belong to instead of one person."""

    __tablename__ = "runcast_teams"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str]
    created_at: Mapped[datetime]


class Member(Base):
    """A person in a team, and what they may do there."""

    __tablename__ = "runcast_members"
    __table_args__ = (
        CheckConstraint(f"role IN ({_ROLES})", name="role"),
        Index("ix_runcast_members_user_id_team_id", "user_id", "team_id"),
    )

    team_id: Mapped[UUID] = mapped_column(
        ForeignKey("runcast_teams.id", ondelete="CASCADE"), primary_key=True
    )
    user_id: Mapped[UUID] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), primary_key=True
    )
    role: Mapped[str]
    created_at: Mapped[datetime]


class Invitation(Base):
    """A letter to an address, by which whoever reads it may register, and join a team if it names one.

    `by_mail` says whether its code went to the address, so that who shows it reads what is sent there.
    """

    __tablename__ = "runcast_invitations"
    __table_args__ = (
        CheckConstraint(f"role IN ({_ROLES})", name="role"),
        CheckConstraint("(team_id IS NULL) = (role IS NULL)", name="team"),
        Index("ix_runcast_invitations_team_id_id", "team_id", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    hash: Mapped[bytes] = mapped_column(unique=True)
    email: Mapped[str]
    email_key: Mapped[str] = mapped_column(index=True)
    team_id: Mapped[UUID | None] = mapped_column(ForeignKey("runcast_teams.id", ondelete="CASCADE"))
    role: Mapped[str | None]
    by_mail: Mapped[bool]
    invited_by: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
