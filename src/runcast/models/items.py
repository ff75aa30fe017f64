"""Items: owned JSON documents that say what to run."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from runcast.models.base import Base, Document


class Item(Base):
    """One document of one owner. `version` rises with every change and is the ETag."""

    __tablename__ = "items"
    __table_args__ = (
        CheckConstraint("visibility IN ('private', 'public')", name="visibility"),
        Index("ix_items_owner_id_id", "owner_id", "id"),
        Index("ix_items_owner_id_name_id", "owner_id", "name", "id"),
        Index("ix_items_owner_id_updated_at_id", "owner_id", "updated_at", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    owner_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    name: Mapped[str]
    handler: Mapped[str | None]
    metadata_: Mapped[dict[str, Any]] = mapped_column("metadata", Document())
    visibility: Mapped[str] = mapped_column(default="private")
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
