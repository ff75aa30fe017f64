"""Lineages: Runcast's revisions and those of an application's own tables, side by side in one database.

Each lineage is a straight line with a version table of its own, so that either can move without a
merge with the other. A table belongs to exactly one of them.
"""

import re
from dataclasses import dataclass
from pathlib import Path

import runcast.alembic
from runcast.models import Base

_CREATED = re.compile(r"""\bcreate_table\(\s*["'](\w+)["']""")
_APPLICATION_TABLE = "alembic_version_app"


@dataclass(frozen=True, slots=True)
class Lineage:
    """One line of revisions: the folder that they lie in, and the table that says how far it is."""

    folder: Path
    version_table: str


RUNCAST = Lineage(Path(runcast.alembic.__path__[0]) / "versions", "alembic_version")


def of_application(folder: Path) -> Lineage:
    """Return the lineage of an application's own tables, whose revisions lie in `folder`."""
    return Lineage(folder, _APPLICATION_TABLE)


def owns(lineage: Lineage, table: str) -> bool:
    """Tell whether a table belongs to the lineage; version tables belong to none."""
    if table in {RUNCAST.version_table, _APPLICATION_TABLE}:
        return False
    return (table in tables_of_runcast()) == (lineage.version_table == RUNCAST.version_table)


def tables_of_runcast() -> frozenset[str]:
    """Return the tables of Runcast's models, and those that only its revisions still know.

    The second matter when a model is removed: its table is Runcast's to drop, while a table that
    neither knows is somebody else's.
    """
    return _of_models() | _of_revisions()


def _of_models() -> frozenset[str]:
    return frozenset(
        mapper.local_table.description
        for mapper in Base.registry.mappers
        if f"{mapper.class_.__module__}.".startswith("runcast.models.")
    )


def _of_revisions() -> frozenset[str]:
    sources = (path.read_text("utf-8") for path in RUNCAST.folder.glob("*.py"))
    return frozenset(name for source in sources for name in _CREATED.findall(source))
