"""The table of orders, in the same database and on the same base as Runcast's tables."""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from runcast.models import Base


class Order(Base):
    """What somebody ordered. `lines` says of each thing how many are wanted, and in which boxes they are.

    A commit that would overwrite what somebody else has committed meanwhile raises StaleDataError, on
    both databases.
    """

    __tablename__ = "orders"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    owner_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    address: Mapped[str]
    lines: Mapped[dict[str, Any]]
    placed_at: Mapped[datetime]
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy reads it from the class
