"""The migrations build what the models say, and Alembic works as people know it from the root."""

import os
import shutil
import subprocess
import sys
from itertools import pairwise
from json import dumps
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, inspect

from runcast import search_text
from runcast.database import migrations
from runcast.models import Base
from runcast.services.health import GENERATION
from tests.tools.databases import execute
from tests.tools.schema import run_sql, schema_of

ROOT = Path(__file__).parents[2]

# What a developer might do next; it is written behind the models of a copy of the project.
CHANGES = """
import typing
from sqlalchemy import JSON, Boolean, CheckConstraint, ForeignKey, Index, Integer, Text, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

class Note(Base):
    __tablename__ = "notes"
    __table_args__ = (
        CheckConstraint("stars > 0", name="stars"),
        Index(
            "ix_notes_good", "stars",
            sqlite_where=text("stars > 4"), postgresql_where=text("stars > 4"),
        ),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    item_id = mapped_column(ForeignKey("items.id", ondelete="CASCADE"), nullable=False)
    body: Mapped[str] = mapped_column(unique=True)
    stars: Mapped[int]
    at = mapped_column(UtcDateTime())
    document: Mapped[dict[str, typing.Any]]
    variant = mapped_column(JSON().with_variant(JSONB(), "postgresql"))
    words = mapped_column(JSON().with_variant(ARRAY(Text()), "postgresql"))

Item.stars = mapped_column(Integer, nullable=False, default=3)
Item.starred = mapped_column(Boolean, nullable=False, default=True)
Item.motto = mapped_column(Text, nullable=False, default="it's: 100%")
Item.extras = mapped_column(Document(), nullable=False, default=dict)
Item.parent_id = mapped_column(ForeignKey("items.id"), nullable=True, index=True)
Index("ix_items_stars", Item.__table__.c.stars.desc(), Item.__table__.c.id)
"""


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'data' / 'runcast.db'}"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Return a copy of what Alembic needs of the project."""
    shutil.copy(ROOT / "alembic.ini", tmp_path)
    ignore = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "src", tmp_path / "src", ignore=ignore)
    return tmp_path


def alembic(project: Path, url: str, *arguments: str) -> str:
    """Run the command as typed in the project's root, and return what it printed."""
    environment = {
        **os.environ,
        "PYTHONPATH": str(project / "src"),
        "RUNCAST_DATABASE_URL": url,
        "PYTHONWARNINGS": "error::UserWarning",
    }
    done = subprocess.run(
        [sys.executable, "-m", "alembic", *arguments],
        cwd=project,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_migrations_and_models_make_the_same_schema_to_the_word(url: str, tmp_path: Path) -> None:
    migrations.upgrade(url)
    of_models = f"sqlite:///{tmp_path / 'models.db'}"
    engine = create_engine(of_models)
    Base.metadata.create_all(engine)
    engine.dispose()
    assert schema_of(url) == schema_of(of_models)


def test_alembic_finds_no_drift(url: str) -> None:
    migrations.upgrade(url)
    migrations.check(url)


def test_every_constraint_has_a_name(url: str) -> None:
    migrations.upgrade(url)
    engine = create_engine(url)
    inspector = inspect(engine)
    nameless = [
        (table, constraint)
        for table in set(inspector.get_table_names()) - {"alembic_version"}
        for constraint in (
            inspector.get_pk_constraint(table),
            *inspector.get_foreign_keys(table),
            *inspector.get_unique_constraints(table),
            *inspector.get_check_constraints(table),
        )
        if constraint["name"] is None
    ]
    engine.dispose()
    assert nameless == []


def test_the_revisions_are_numbered_one_after_the_other_or_begin_a_generation() -> None:
    names = sorted(path.name for path in (ROOT / "src/runcast/alembic/versions").glob("*.py"))
    numbers = [int(name.partition("_")[0]) for name in names]
    assert numbers[0] == 1
    for before, number in pairwise(numbers):
        assert number in {before + 1, (before // GENERATION + 1) * GENERATION + 1}


def test_a_change_of_models_is_generated_and_runs_up_and_down_as_it_is(
    project: Path, url: str
) -> None:
    alembic(project, url, "upgrade", "head")
    run_sql(
        url,
        "INSERT INTO users (id, email, email_key, name, is_admin, created_at)"
        " VALUES ('1', 'a@b', 'a@b', 'A', 0, '2025-01-01')",
    )
    run_sql(
        url,
        "INSERT INTO items (id, owner_id, name, metadata, visibility, version, created_at, updated_at)"
        " VALUES ('2', '1', 'n', '{}', 'private', 1, '2025-01-01', '2025-01-01')",
    )
    before = schema_of(url)
    with (project / "src/runcast/models/__init__.py").open("a") as models:
        models.write(CHANGES)

    alembic(project, url, "revision", "--autogenerate", "-m", "take notes")
    alembic(project, url, "upgrade", "head")
    alembic(project, url, "check")

    assert run_sql(url, "SELECT stars, starred, motto, extras FROM items") == [
        (3, 1, "it's: 100%", "{}")
    ]
    after = schema_of(url)
    assert "DESC" in after["ix_items_stars"]
    assert "WHERE" in after["ix_notes_good"]

    alembic(project, url, "downgrade", "-1")
    assert schema_of(url) == before
    alembic(project, url, "upgrade", "head")
    alembic(project, url, "check")
    assert schema_of(url) == after
    newest = alembic(project, url, "history").splitlines()[0]
    assert newest.split(" -> ")[1].endswith(" (head), take notes")


def test_generated_types_are_plain_and_imported(project: Path, url: str) -> None:
    alembic(project, url, "upgrade", "head")
    with (project / "src/runcast/models/__init__.py").open("a") as models:
        models.write(CHANGES)
    alembic(project, url, "revision", "--autogenerate", "-m", "types")
    (path,) = (project / "src/runcast/alembic/versions").glob("*_types.py")
    source = path.read_text()
    assert "runcast" not in source
    assert "from sqlalchemy.dialects import postgresql\n" in source
    assert "sa.DateTime(timezone=True)" in source
    assert "sa.JSON().with_variant(postgresql.JSONB(), 'postgresql')" in source
    assert "sa.JSON().with_variant(postgresql.ARRAY(sa.Text()), 'postgresql')" in source
    assert "sqlite_where=sa.text('stars > 4'), postgresql_where=sa.text('stars > 4')" in source


def test_plain_alembic_is_refused_while_the_data_folder_is_held(project: Path, url: str) -> None:
    from runcast.database.data_folder import DataFolderLock

    with (
        DataFolderLock(project / "data"),
        pytest.raises(AssertionError, match=f"in use by process {os.getpid()}"),
    ):
        alembic(project, url, "upgrade", "head")


def test_no_new_table_takes_a_name_that_an_application_may_have() -> None:
    first = (ROOT / "src/runcast/alembic/versions/0001_initial.py").read_text()
    new = [name for name in Base.metadata.tables if f'create_table(\n        "{name}"' not in first]
    assert new, "this test reads the first release's tables no more"
    assert [name for name in new if not name.startswith("runcast_")] == []


# What stood in the last release that knew no search: a word of its own, and documents of every kind.
DOCUMENTS = [
    {},
    {"B": {"y": [1, 2.5, True, None]}, "a": "Größe ½ \ufb01n\u00a0\u00a0K\u030a"},
    {"huge": 1e22, "long": "Ä" * 20_000, "deep": [[[{"k": -1}]]]},
]


def on(url: str, statement: str) -> list[tuple[Any, ...]]:
    """Return what a statement returns on either database."""
    return run_sql(url, statement) if url.startswith("sqlite") else execute(url, statement)


def fill_first_release(url: str, count: int) -> None:
    """Make a database of the first release's schema with so many items."""
    migrations.upgrade(url, "0001")
    owner = "00000000000000000000000000000001"
    on(
        url,
        "INSERT INTO users (id, email, email_key, name, is_admin, created_at)"
        f" VALUES ('{owner}', 'a@b', 'a@b', 'A', false, '2025-01-01')",
    )
    items = [
        f"('{number:032x}', '{owner}', 'Item {number}', '{dumps(DOCUMENTS[number % 3])}',"
        " 'private', 3, '2025-01-01', '2025-01-01')"
        for number in range(1, count + 1)
    ]
    columns = "id, owner_id, name, metadata, visibility, version, created_at, updated_at"
    on(url, f"INSERT INTO items ({columns}) VALUES {', '.join(items)}")


@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
def test_items_of_the_first_release_are_found_by_what_is_in_them(
    kind: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    url: str = (
        f"sqlite:///{tmp_path / 'old.db'}"
        if kind == "sqlite"
        else request.getfixturevalue("postgres").new()
    )
    fill_first_release(url, 1203)

    migrations.upgrade(url)

    found = on(url, "SELECT name, search, version FROM items ORDER BY id")
    assert found == [
        (f"Item {n}", search_text.of_item(f"Item {n}", DOCUMENTS[n % 3]), 3) for n in range(1, 1204)
    ]
    migrations.downgrade(url, "0001")
    migrations.upgrade(url)
    assert on(url, "SELECT name, search, version FROM items ORDER BY id") == found


def test_the_schema_as_sql_says_what_it_leaves_undone(project: Path) -> None:
    assert "-- the search texts of items" in alembic(
        project, "postgresql://nowhere", "upgrade", "0001:0002", "--sql"
    )
