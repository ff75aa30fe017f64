"""Handlers for tests of the API that want some; a module asks for them by overriding `prepare`."""

import pytest

from tests.tools.work import Works


@pytest.fixture
def works() -> Works:
    """Return handlers, and what is seen of their calls."""
    return Works()
