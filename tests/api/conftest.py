"""Handlers and a mailbox for tests of the API that want some; a module asks by overriding `prepare`."""

from collections.abc import AsyncIterator

import pytest

from tests.tools.mail_servers import Mailbox, receiving
from tests.tools.work import Works


@pytest.fixture
def works() -> Works:
    """Return handlers, and what is seen of their calls."""
    return Works()


@pytest.fixture
async def mailbox() -> AsyncIterator[Mailbox]:
    """Yield the mailbox of a mail server on this machine."""
    async with receiving() as mailbox:
        yield mailbox
