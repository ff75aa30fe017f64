"""The detector of blocked loops: code of Runcast that blocks where an event loop runs raises."""

from collections.abc import Iterator
from contextlib import contextmanager

from blockbuster import BlockBuster

# They ask the kernel for the name of the current folder, which never waits for a disk.
INNOCENT = ("os.getcwd", "os.path.abspath")


@contextmanager
def detector() -> Iterator[None]:
    """Make what blocks (files, sockets, locks, sqlite3, sleep) raise BlockingError on the loop.

    What counts is that a function of `runcast` stands anywhere in the stack.
    """
    found = BlockBuster("runcast")
    for name in INNOCENT:
        del found.functions[name]
    for function in found.functions.values():
        # A fault of tests: another process's write, from within a callback that Runcast calls.
        function.can_block_in("tests/tools/rows.py", "as_another_process")
        # Migrations have an event loop of their own, which nobody else waits for.
        function.can_block_in("alembic/env.py", "run_on")
        # asyncpg looks for a password file and certificates whenever it opens a connection.
        function.can_block_in("asyncpg/connect_utils.py", "_parse_connect_dsn_and_args")
    found.activate()
    try:
        yield
    finally:
        found.deactivate()
