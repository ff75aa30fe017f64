"""A database that refuses some rows, so that what happens then can be seen."""

from collections.abc import Iterator
from contextlib import contextmanager

from runcast.database import Database, PostgresDatabase
from tests.tools.rows import as_another_process


@contextmanager
def refused(database: Database, change: str, when: str) -> Iterator[None]:
    """Fail, with "injected", each change of which a condition holds.

    Args:
        change: as in "INSERT ON events".
        when: a condition on NEW, as both dialects take it.
    """
    if isinstance(database, PostgresDatabase):
        raising = "BEGIN RAISE EXCEPTION 'injected'; END"
        made = [
            f"CREATE FUNCTION inject() RETURNS trigger LANGUAGE plpgsql AS $$ {raising} $$",
            f"CREATE TRIGGER t BEFORE {change} FOR EACH ROW WHEN ({when}) EXECUTE FUNCTION inject()",
        ]
        unmade = "DROP FUNCTION inject() CASCADE"
    else:
        raising = "BEGIN SELECT RAISE(ABORT, 'injected'); END"
        made = [f"CREATE TRIGGER t BEFORE {change} WHEN {when} {raising}"]
        unmade = "DROP TRIGGER t"
    for statement in made:
        as_another_process(database, statement)
    try:
        yield
    finally:
        as_another_process(database, unmade)
