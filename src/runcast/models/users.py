"""People, and how else than by a password they prove who they are."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from runcast.models.base import Base, Document


class User(Base):
    """A person who may sign in; `email` is as typed, `email_key` is what is compared."""

    __tablename__ = "users"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    email: Mapped[str]
    email_key: Mapped[str] = mapped_column(unique=True)
    email_verified_at: Mapped[datetime | None]
    name: Mapped[str]
    password_hash: Mapped[str | None]
    is_admin: Mapped[bool] = mapped_column(default=False)
    disabled_at: Mapped[datetime | None]
    created_at: Mapped[datetime]


class Identity(Base):
    """Who a person is elsewhere: a subject at an issuer, and never an address, which may change hands.

    `email` is what the issuer said last, for people to read.
    """

    __tablename__ = "runcast_identities"
    __table_args__ = (
        UniqueConstraint("issuer", "subject"),
        Index("ix_runcast_identities_user_id_id", "user_id", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    provider: Mapped[str]
    issuer: Mapped[str]
    subject: Mapped[str]
    email: Mapped[str | None]
    created_at: Mapped[datetime]
    last_used_at: Mapped[datetime]


class Totp(Base):
    """A person's authenticator app: the sealed secret, and the last time step whose code was taken.

    `misses` counts wrong codes since the last good one; none is looked at before `paused_until`.
    """

    __tablename__ = "runcast_totp"

    user_id: Mapped[UUID] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), primary_key=True
    )
    sealed: Mapped[bytes]
    last_step: Mapped[int | None]
    misses: Mapped[int] = mapped_column(server_default=text("0"))
    paused_until: Mapped[datetime | None]
    created_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]


class RecoveryCode(Base):
    """One code that stands in for a lost second factor, once."""

    __tablename__ = "runcast_recovery_codes"

    hash: Mapped[bytes] = mapped_column(primary_key=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)


class Passkey(Base):
    """A WebAuthn credential of a person; `sign_count` is what its authenticator counted last.

    `synced` says whether it may be on several devices, `backed_up` whether it is (WebAuthn's flags BE, BS).
    """

    __tablename__ = "runcast_passkeys"
    __table_args__ = (Index("ix_runcast_passkeys_user_id_id", "user_id", "id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    credential_id: Mapped[bytes] = mapped_column(unique=True)
    public_key: Mapped[bytes]
    sign_count: Mapped[int] = mapped_column(BigInteger)
    name: Mapped[str]
    transports: Mapped[list[Any]] = mapped_column(Document())
    synced: Mapped[bool]
    backed_up: Mapped[bool]
    created_at: Mapped[datetime]
    last_used_at: Mapped[datetime | None]
