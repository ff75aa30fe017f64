"""The databases under measurement: an SQLite file, or a PostgreSQL of one's own that syncs to the disk."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from runcast.database import migrations
from tests.tools import postgres

KINDS = ("sqlite", "postgres")
# As by default, but for the memory that any real server is given.
OPTIONS = ("fsync=on", "shared_buffers=512MB", "max_wal_size=4GB")


@dataclass(frozen=True, slots=True)
class Measured:
    """A database, by its URL; `server_pid` is None where there is no server."""

    url: str
    server_pid: int | None = None

    def cpu_seconds(self) -> float:
        """Return the processor time that the server's processes have used, those that ended too (Linux)."""
        return 0.0 if self.server_pid is None else sum(_cpu_seconds(self.server_pid))


@contextmanager
def database(kind: str) -> Iterator[Measured]:
    """Yield an empty database with the schema in it, removed at the end.

    Raises:
        tests.tools.postgres.NoPostgres: there can be no server here.
    """
    if kind == "sqlite":
        with tempfile.TemporaryDirectory(prefix="runcast-bench-") as folder:
            url = f"sqlite:///{Path(folder) / 'runcast.db'}"
            migrations.upgrade(url)
            yield Measured(url)
        return
    with postgres.running(*(part for option in OPTIONS for part in ("-c", option))) as server:
        url = server.create("bench")
        migrations.upgrade(url)
        yield Measured(url, server.pid)


def _cpu_seconds(server_pid: int) -> Iterator[float]:
    for path in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            fields = path.read_text().rsplit(")", 1)[1].split()
            used = int(fields[11]) + int(fields[12])
            if int(path.parent.name) == server_pid:
                yield (used + int(fields[13]) + int(fields[14])) / os.sysconf("SC_CLK_TCK")
            elif int(fields[1]) == server_pid:
                yield used / os.sysconf("SC_CLK_TCK")
