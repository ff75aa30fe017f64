"""The kinds of columns, attributes and classes in which JSON is found."""

import gc
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from typing import Any, cast
from uuid import UUID

import pytest
from sqlalchemy import inspect, select
from sqlalchemy.exc import StatementError
from sqlalchemy.orm import InstrumentedAttribute

from runcast.database import Database, open_database
from runcast.database.json_rows import find_columns
from runcast.models import Item, User
from runcast.settings import Settings
from tests.tools.clock import FakeClock
from tests.tools.documents import Circle, Plain, Shape, circle, own_database, stored, updates_of


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """Yield a database that holds one circle."""
    async with own_database(database_url) as database:
        async with database.session() as session:
            session.add(circle())
            await session.commit()
        yield database


def _cook(circle: Circle) -> None:
    assert circle.recipe is not None
    circle.recipe.steps.append("serve")


PLACES: dict[str, tuple[Callable[[Circle], object], InstrumentedAttribute[Any], str]] = {
    "inherited": (
        lambda c: c.style["line"].update(width=2),
        Circle.style,
        "{'line': {'width': 2}}",
    ),
    "of_the_subclass": (lambda c: c.sizes[1].clear(), Circle.sizes, "[1, []]"),
    "decorated": (_cook, Circle.recipe, "Recipe(steps=['stir', 'serve'])"),
    "in_a_composite": (
        lambda c: c.place.tags["x"].append(2),
        inspect(Circle).attrs["place"].columns[1],
        "{'x': [1, 2]}",
    ),
    "mutable_dict": (lambda c: c.marks.update(a=2), Circle.marks, "{'a': 2, 'in': {'b': 1}}"),
    "in_a_mutable_dict": (
        lambda c: c.marks["in"].update(b=2),
        Circle.marks,
        "{'a': 1, 'in': {'b': 2}}",
    ),
}


@pytest.mark.parametrize("refreshed", [False, True])
@pytest.mark.parametrize(("change", "column", "expected"), PLACES.values(), ids=PLACES.keys())
async def test_a_change_is_saved_in(
    database: Database,
    change: Callable[[Circle], object],
    column: InstrumentedAttribute[Any],
    expected: str,
    refreshed: bool,
) -> None:
    async with database.session() as session:
        found = await session.get_one(Circle, 1)
        if refreshed:
            await session.refresh(found)
        change(found)
        await session.commit()
    assert repr(await stored(database, column)) == expected


async def test_a_subclass_loaded_through_its_base_is_tracked(database: Database) -> None:
    async with database.session() as session:
        shape = (await session.scalars(select(Shape))).one()
        assert isinstance(shape, Circle)
        shape.style["line"]["width"] = 2
        await session.refresh(shape, ["sizes"])
        shape.sizes.reverse()
        del shape
        gc.collect()
        await session.commit()
    assert await stored(database, Circle.sizes) == [[2], 1]
    assert await stored(database, Shape.style) == {"line": {"width": 2}}


@pytest.mark.parametrize("refreshed", [False, True])
async def test_values_of_other_classes_are_not_written_unless_changed(
    database: Database, refreshed: bool
) -> None:
    updates = updates_of(database)
    async with database.session() as session:
        found = await session.get_one(Circle, 1)
        if refreshed:
            await session.refresh(found)
        await session.commit()
    assert updates == []


async def test_a_value_whose_decorator_fails_fails_the_commit(database: Database) -> None:
    async with database.session() as session:
        found = await session.get_one(Circle, 1)
        assert found.recipe is not None
        cast("list[Any]", found.recipe.steps).append(object())
        with pytest.raises(StatementError):
            await session.commit()


async def test_the_metadata_of_an_item_is_tracked(database_url: str) -> None:
    database = open_database(Settings(database_url=database_url))
    now, key = FakeClock().now(), UUID(int=1)
    async with database.session() as session:
        session.add(
            User(id=key, email="a@b", email_key="a@b", name="A", is_admin=False, created_at=now)
        )
        await session.flush()
        session.add(
            Item(
                id=key,
                owner_id=key,
                name="item",
                metadata_={"in": {"list": [1]}},
                created_at=now,
                updated_at=now,
            )
        )
        await session.commit()
        (await session.get_one(Item, key)).metadata_["in"]["list"].append(2)
        await session.commit()
    assert await stored(database, Item.metadata_) == {"in": {"list": [1, 2]}}
    await database.stop()
    await database.stop()


def test_classes_without_json_are_not_listened_to() -> None:
    assert not find_columns(inspect(Plain))
    assert find_columns(inspect(Circle))
    assert not inspect(Plain).class_manager.dispatch.load
    assert inspect(Circle).class_manager.dispatch.load


def test_classes_configured_before_runcast_is_imported_are_tracked() -> None:
    program = """
from sqlalchemy import JSON, create_engine
from sqlalchemy.orm import configure_mappers, declarative_base, mapped_column
from sqlalchemy import Integer
Base = declarative_base()
class Note(Base):
    __tablename__ = "notes"
    id = mapped_column(Integer, primary_key=True)
    doc = mapped_column(JSON)
configure_mappers()
from runcast.database.json_changes import JsonTrackingSession
engine = create_engine("sqlite://")
Base.metadata.create_all(engine)
with JsonTrackingSession(engine) as session:
    session.add(Note(id=1, doc={}))
    session.commit()
    session.get(Note, 1).doc["a"] = 1
    session.commit()
with JsonTrackingSession(engine) as session:
    print(session.get(Note, 1).doc)
"""
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout == "{'a': 1}\n"
