"""What autogenerate compares and how it writes it down, so that what it writes runs as it is."""

from collections.abc import Sequence
from typing import Any

from alembic.autogenerate.api import AutogenContext
from alembic.autogenerate.render import _repr_type as render_type
from alembic.config import Config
from alembic.ddl.postgresql import PostgresqlImpl
from alembic.operations.ops import MigrationScript
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import MetaData, TypeDecorator
from sqlalchemy.dialects import postgresql
from sqlalchemy.types import TypeEngine

from runcast.database.autogenerate_batches import rewriter
from runcast.database.lineage import RUNCAST, Lineage, owns

_POSTGRESQL = postgresql.dialect()  # type: ignore[no-untyped-call]  # SQLAlchemy leaves it untyped
_POSTGRESQL_MODULE = "sqlalchemy.dialects.postgresql"
_POSTGRESQL_IMPORT = "from sqlalchemy.dialects import postgresql"


def options(config: Config, metadata: MetaData) -> dict[str, Any]:
    """Return the arguments to Alembic's `context.configure` that all of its commands share."""
    lineage: Lineage = config.attributes.get("lineage", RUNCAST)
    return {
        "target_metadata": metadata,
        "version_table": lineage.version_table,
        "transactional_ddl": True,
        "render_as_batch": True,
        "compare_type": True,
        "compare_server_default": True,
        "render_item": render_item,
        "include_object": _only_tables_of(lineage),
        "process_revision_directives": rewriter.chain(_numbering(config)),
    }


def render_item(kind: str, item: object, autogen_context: AutogenContext) -> Any:
    """Return the source of a type; False leaves it to Alembic.

    A type decorator becomes the types that the databases see, because a revision must not change
    when the decorator does. PostgreSQL's types are written in full on every database.
    """
    if kind != "type":
        return False
    if isinstance(item, TypeDecorator):
        return _render_decorator(item, autogen_context)
    if isinstance(item, TypeEngine) and type(item).__module__.startswith(_POSTGRESQL_MODULE):
        return _render_postgresql(item, autogen_context)
    return False


def _render_decorator(item: TypeDecorator[Any], autogen_context: AutogenContext) -> str:
    plain = item.impl_instance
    special = item.load_dialect_impl(_POSTGRESQL)
    source = render_type(plain, autogen_context)
    if special.__visit_name__ == plain.__visit_name__:
        return source
    return f"{source}.with_variant({render_type(special, autogen_context)}, 'postgresql')"


def _render_postgresql(item: TypeEngine[Any], autogen_context: AutogenContext) -> str:
    autogen_context.imports.add(_POSTGRESQL_IMPORT)
    if isinstance(item, postgresql.JSONB):
        return "postgresql.JSONB()"  # its other argument says how Python reads it, not what it is
    impl = PostgresqlImpl(_POSTGRESQL, None, False, None, None, {})
    return impl.render_type(item, autogen_context) or f"postgresql.{item!r}"


def _only_tables_of(lineage: Lineage) -> Any:
    def include(
        _item: object, name: str | None, kind: str, _reflected: bool, _other: object
    ) -> bool:
        return kind != "table" or name is None or owns(lineage, name)

    return include


def _numbering(config: Config) -> Any:
    given = getattr(config.cmd_opts, "rev_id", None)

    def number(_context: MigrationContext, _heads: Any, scripts: Sequence[MigrationScript]) -> None:
        for script in scripts:
            script.rev_id = given or next_number(ScriptDirectory.from_config(config))

    return number


def next_number(scripts: ScriptDirectory) -> str:
    """Return the number after the highest of the numbered revisions: 0001, 0002, …"""
    numbers = [
        int(script.revision) for script in scripts.walk_revisions() if script.revision.isdecimal()
    ]
    return f"{max(numbers, default=0) + 1:04d}"
