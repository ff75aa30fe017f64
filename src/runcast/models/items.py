"""Items: owned JSON documents that say what to run."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, event, inspect, text
from sqlalchemy.orm import Mapped, mapped_column

from runcast import search_text
from runcast.clock import SystemClock
from runcast.ids import TimeOrderedIds
from runcast.models.base import Base, Document, index_where_given

_clock = SystemClock()
_ids = TimeOrderedIds()


def _search_of_new(context: Any) -> str:
    values = context.get_current_parameters()
    return _search_of(values.get("name"), values.get("metadata"))


def _search_of(name: object, metadata: object) -> str:
    # Both may be what only the database works out.
    return search_text.of_item(name if isinstance(name, str) else "", metadata)


class Item(Base):
    """One document of one owner or, where `team_id` is given, of that team. `version` rises with every change and is the ETag.

    Users' code may make and change items through the ORM: what Runcast's services set themselves
    (id, times, version) has a default here, and a flush that finds the row changed by someone else
    raises `StaleDataError` instead of overwriting it. `search` is the text in which it is found; a bulk
    update, which sees no document, leaves it as it was.
    """

    __tablename__ = "items"
    __table_args__ = (
        CheckConstraint("visibility IN ('private', 'public')", name="visibility"),
        Index("ix_items_owner_id_id", "owner_id", "id"),
        Index("ix_items_owner_id_name_id", "owner_id", "name", "id"),
        Index("ix_items_owner_id_updated_at_id", "owner_id", "updated_at", "id"),
        index_where_given("items", "team_id", "id"),
        index_where_given("items", "team_id", "name", "id"),
        index_where_given("items", "team_id", "updated_at", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=_ids.new)
    owner_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    team_id: Mapped[UUID | None] = mapped_column(ForeignKey("runcast_teams.id"))
    # By code point on both databases: pages by name must not depend on the server's locale.
    name: Mapped[str] = mapped_column(Text().with_variant(Text(collation="C"), "postgresql"))
    handler: Mapped[str | None]
    metadata_: Mapped[dict[str, Any]] = mapped_column("metadata", Document(), default=dict)
    visibility: Mapped[str] = mapped_column(default="private")
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime] = mapped_column(default=_clock.now)
    updated_at: Mapped[datetime] = mapped_column(default=_clock.now, onupdate=_clock.now)
    search: Mapped[str] = mapped_column(
        default=_search_of_new, server_default=text("''"), deferred=True
    )

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy reads it from the class


@event.listens_for(Item, "before_update", propagate=True)
def _keep_search(_mapper: object, _connection: object, item: Item) -> None:
    state = inspect(item)
    # Nothing is set where neither has changed: a row that is looked at only keeps its version.
    if any(state.attrs[name].history.has_changes() for name in ("name", "metadata_")):
        item.search = _search_of(item.name, item.metadata_)
