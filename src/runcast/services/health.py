"""Whether what the process stands on answers, and is what its code was written for."""

from sqlalchemy import text

from runcast.database import Database
from runcast.database.failures import DRIVER_ERRORS
from runcast.database.lineage import RUNCAST
from runcast.database.probe import Probe
from runcast.errors import Unavailable
from runcast.fair_turns import ask_as

# Revisions of one thousand are one generation: older code works on the newer schema. A revision that it
# cannot work on begins the next thousand.
GENERATION = 1000
NEWEST = max(path.name.partition("_")[0] for path in RUNCAST.folder.glob("[0-9]*.py"))
_READINESS = "readiness"
_CURRENT = text(f"SELECT version_num FROM {RUNCAST.version_table}")  # noqa: S608 - a constant


class DatabaseCheck:
    """Asks the database of one process whether it answers, with a schema that this code can work on."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._revision = Probe(self._read_revision)

    async def check(self) -> None:
        """Return if it does.

        Raises:
            Unavailable: it does not, or not within three seconds.
        """
        try:
            current = await self._revision.answer()
        except DRIVER_ERRORS as error:
            raise Unavailable("the database does not answer") from error
        check_schema(current, NEWEST)

    def stop(self) -> None:
        """Ask no more. Safe to call twice."""
        self._revision.stop()

    async def _read_revision(self) -> str | None:
        # Nobody's work is in its way, nor what the process does by itself.
        ask_as(_READINESS)
        async with self._database.session() as session:
            current: str | None = await session.scalar(_CURRENT)
        return current


def check_schema(current: str | None, newest: str) -> None:
    """Return if code whose newest revision is `newest` works on a schema at `current`.

    Raises:
        Unavailable: the schema is older, or of another generation.
    """
    if current is None or _number(current) < _number(newest):
        raise Unavailable(
            f"the schema is at {current or 'no revision'}, older than {newest}: run runcast db upgrade"
        )
    if _number(current) // GENERATION != _number(newest) // GENERATION:
        raise Unavailable(
            f"the schema is at {current}, too new for this version, which knows {newest}"
        )


def _number(revision: str) -> int:
    # What is no number was made by hand; it cannot be judged, and is taken for the newest.
    return int(revision) if revision.isdecimal() else GENERATION - 1
