"""A PostgreSQL that waits for the disk, shared by the tests of a process that break clusters."""

import os
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from tests.tools.cluster import DurableServer, MissingPart, durable_server


@pytest.fixture(scope="module")
def durable() -> Iterator[DurableServer]:
    """Yield the server; where a part is missing its tests are skipped, in CI not."""
    with ExitStack() as stack:
        try:
            server = stack.enter_context(durable_server())
        except MissingPart as reason:
            if os.environ.get("CI"):
                raise
            pytest.skip(str(reason))
        yield server
