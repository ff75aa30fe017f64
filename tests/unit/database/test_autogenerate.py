"""Types are written as the databases see them, and revisions are numbered."""

from pathlib import Path

import pytest
from alembic.autogenerate.api import AutogenContext
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Integer, String, Text, TypeDecorator
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from runcast.database.autogenerate import next_number, render_item
from runcast.models import Document, UtcDateTime


class Shouted(TypeDecorator[str]):
    """A type of an application's own."""

    impl = String(5)
    cache_ok = True


@pytest.fixture
def context() -> AutogenContext:
    migration = MigrationContext.configure(
        dialect_name="sqlite",
        opts={"as_sql": True, "sqlalchemy_module_prefix": "sa.", "render_item": render_item},
    )
    return AutogenContext(migration, opts=migration.opts, autogenerate=False)


@pytest.mark.parametrize(
    ("item", "source"),
    [
        (UtcDateTime(), "sa.DateTime(timezone=True)"),
        (Document(), "sa.JSON().with_variant(postgresql.JSONB(), 'postgresql')"),
        (Shouted(), "sa.String(length=5)"),
        (JSONB(), "postgresql.JSONB()"),
        (ARRAY(Text()), "postgresql.ARRAY(sa.Text())"),
    ],
)
def test_a_type_is_written_as_the_databases_see_it(
    context: AutogenContext, item: object, source: str
) -> None:
    assert render_item("type", item, context) == source


def test_postgresqls_types_bring_their_import(context: AutogenContext) -> None:
    render_item("type", Document(), context)
    assert context.imports == {"from sqlalchemy.dialects import postgresql"}


@pytest.mark.parametrize(("kind", "item"), [("type", Integer()), ("column", Document())])
def test_the_rest_is_left_to_alembic(context: AutogenContext, kind: str, item: object) -> None:
    assert render_item(kind, item, context) is False


def scripts_in(folder: Path) -> ScriptDirectory:
    config = Config()
    config.set_main_option("script_location", "runcast:alembic")
    config.set_main_option("path_separator", "newline")
    config.set_main_option("version_locations", str(folder))
    return ScriptDirectory.from_config(config)


def test_revisions_are_numbered_after_the_highest(tmp_path: Path) -> None:
    assert next_number(scripts_in(tmp_path)) == "0001"
    (tmp_path / "0009_nine.py").write_text("revision, down_revision = '0009', None")
    (tmp_path / "abc_named.py").write_text("revision, down_revision = 'abc', '0009'")
    assert next_number(scripts_in(tmp_path)) == "0010"
