"""An SQLite file's schema seen without SQLAlchemy, and revisions written for one test."""

import re
import sqlite3
from pathlib import Path

from runcast.database.lineage import Lineage

_REVISION = """
import sqlalchemy as sa
from alembic import op
revision, down_revision = {number!r}, {before!r}
def upgrade() -> None:
    {up}
def downgrade() -> None:
    {down}
"""


def write_revision(line: Lineage, number: int, up: str, down: str = "pass") -> None:
    """Write the revision of that number, one after the one before it."""
    line.folder.mkdir(exist_ok=True)
    before = f"{number - 1:04d}" if number > 1 else None
    source = _REVISION.format(number=f"{number:04d}", before=before, up=up, down=down)
    (line.folder / f"{number:04d}_test.py").write_text(source)


def run_sql(url: str, statement: str) -> list[tuple[object, ...]]:
    """Return what the statement returns, run and committed on a connection of its own."""
    connection = sqlite3.connect(Path(url.removeprefix("sqlite:///")), isolation_level=None)
    try:
        return connection.execute(statement).fetchall()
    finally:
        connection.close()


def schema_of(url: str) -> dict[object, list[str]]:
    """Return the words of each table's and index's SQL, whatever their order and quotes."""
    rows = run_sql(url, "SELECT name, sql FROM sqlite_master WHERE sql NOT LIKE '%version_num%'")
    return {name: sorted(_words(str(text))) for name, text in rows}


def _words(text: str) -> list[str]:
    # A default is written with and without parentheses, and is the same.
    text = re.sub(r"DEFAULT \((\w+|'')\)", r"DEFAULT \1", text)
    return text.replace('"', "").replace(",", " ").replace("(", " ( ").replace(")", " ) ").split()
