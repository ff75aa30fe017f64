"""Which tables are Runcast's, and which an application's."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Column, ForeignKey, Integer, Table

from runcast.database import lineage, migrations
from runcast.database.lineage import Lineage
from runcast.models import Base
from tests.tools.schema import run_sql


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'data' / 'runcast.db'}"


@pytest.fixture
def notes() -> Iterator[Table]:
    table = Table(
        "notes",
        Base.metadata,
        Column("id", Integer, primary_key=True),
        Column("item_id", ForeignKey("items.id"), nullable=False),
    )
    yield table
    Base.metadata.remove(table)


@pytest.mark.usefixtures("notes")
def test_tables_of_an_application_are_not_runcasts_to_drop_or_make(url: str) -> None:
    migrations.upgrade(url)
    run_sql(url, "CREATE TABLE somebody_elses (a)")
    migrations.check(url)


def test_every_table_of_runcasts_models_is_runcasts() -> None:
    assert set(Base.metadata.tables) == lineage.tables_of_runcast()


@pytest.mark.usefixtures("notes")
def test_a_table_belongs_to_one_lineage() -> None:
    application = lineage.of_application(Path("migrations"))
    assert [lineage.owns(line, "items") for line in (lineage.RUNCAST, application)] == [True, False]
    assert [lineage.owns(line, "notes") for line in (lineage.RUNCAST, application)] == [False, True]


@pytest.mark.parametrize("name", ["alembic_version", "alembic_version_app"])
def test_version_tables_belong_to_no_lineage(name: str) -> None:
    application = lineage.of_application(Path("migrations"))
    assert not any(lineage.owns(line, name) for line in (lineage.RUNCAST, application))


def test_a_table_that_only_a_revision_knows_is_still_runcasts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "0001_initial.py").write_text('op.create_table(\n    "gone", sa.Column("a"))')
    monkeypatch.setattr(lineage, "RUNCAST", Lineage(tmp_path, "alembic_version"))
    assert lineage.owns(lineage.RUNCAST, "gone")
