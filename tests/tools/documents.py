"""A user's own declarative base with JSON columns of every make, and a reader that trusts no session."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import JSON, ForeignKey, TypeDecorator, event, select
from sqlalchemy.engine import Dialect
from sqlalchemy.ext.mutable import MutableDict
from sqlalchemy.orm import DeclarativeBase, InstrumentedAttribute, Mapped, composite, mapped_column

from runcast.database import Database, open_database
from runcast.settings import Settings


class OwnBase(DeclarativeBase):
    """Not Runcast's."""


class Note(OwnBase):
    """Plain JSON, one column of it deferred."""

    __tablename__ = "notes"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str | None]
    doc: Mapped[Any] = mapped_column(JSON)
    later: Mapped[Any] = mapped_column(JSON, nullable=True, deferred=True, default=dict)


class Counted(OwnBase):
    """Counts in its document, in place, how often it was written."""

    __tablename__ = "counted"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    doc: Mapped[Any] = mapped_column(JSON)


@event.listens_for(Counted, "before_insert")
@event.listens_for(Counted, "before_update")
def _count(_mapper: object, _connection: object, row: Counted) -> None:
    row.doc["saves"] += 1


class Plain(OwnBase):
    """No JSON at all."""

    __tablename__ = "plain"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]


@dataclass
class Recipe:
    """What `RecipeType` makes of a document."""

    steps: list[str] = field(default_factory=list)


class RecipeType(TypeDecorator[Recipe]):
    """JSON in the database, a changeable object in memory."""

    impl = JSON
    cache_ok = True

    def process_bind_param(self, value: Recipe | None, dialect: Dialect) -> Any:
        """Return the document."""
        return None if value is None else {"steps": value.steps}

    def process_result_value(self, value: Any, dialect: Dialect) -> Recipe | None:
        """Return the object."""
        return None if value is None else Recipe(**value)


@dataclass
class Place:
    """A composite with a document in it."""

    name: str
    tags: dict[str, Any]


class Shape(OwnBase):
    """The base of a joined inheritance."""

    __tablename__ = "shapes"
    __mapper_args__ = {"polymorphic_on": "kind", "polymorphic_identity": "shape"}  # noqa: RUF012 - SQLAlchemy reads it from the class

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    style: Mapped[Any] = mapped_column(JSON)


class Circle(Shape):
    """A table of its own, with a document, a decorated one, a MutableDict and a composite."""

    __tablename__ = "circles"
    __mapper_args__ = {"polymorphic_identity": "circle"}  # noqa: RUF012 - as above

    id: Mapped[int] = mapped_column(ForeignKey("shapes.id"), primary_key=True)
    sizes: Mapped[Any] = mapped_column(JSON)
    recipe: Mapped[Recipe | None] = mapped_column(RecipeType())
    marks: Mapped[dict[str, Any]] = mapped_column(MutableDict.as_mutable(JSON()))
    place: Mapped[Place] = composite(
        mapped_column("place_name"), mapped_column("place_tags", JSON())
    )


def circle() -> Circle:
    """Return a new circle with something in each column."""
    return Circle(
        id=1,
        style={"line": {"width": 1}},
        sizes=[1, [2]],
        recipe=Recipe(["stir"]),
        marks={"a": 1, "in": {"b": 1}},
        place=Place("here", {"x": [1]}),
    )


@asynccontextmanager
async def own_database(url: str) -> AsyncIterator[Database]:
    """Open a database with the tables of `OwnBase`."""
    database = open_database(Settings(database_url=url))
    async with database.engine.begin() as connection:
        await connection.run_sync(OwnBase.metadata.create_all)
    yield database
    await database.stop()


async def stored(database: Database, column: InstrumentedAttribute[Any]) -> Any:
    """Return what the database holds in a column of the only row."""
    async with database.engine.connect() as connection:
        return await connection.scalar(select(column))


def updates_of(database: Database) -> list[str]:
    """Return the list to which each UPDATE that the database is sent will be added."""
    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if statement.startswith("UPDATE"):
            seen.append(statement)

    event.listen(database.engine.sync_engine, "before_cursor_execute", note)
    return seen
