"""A server that sends letters, with a team and an administrator who may invite."""

from collections.abc import Callable

import pytest

from runcast.application import Runcast
from runcast.runtime import Runtime
from tests.tools.administrators import promote
from tests.tools.clock import FakeClock
from tests.tools.inviting import verify
from tests.tools.mail_servers import Mailbox
from tests.tools.mailed import with_mail
from tests.tools.people import SignedIn


@pytest.fixture
def prepare(mailbox: Mailbox) -> Callable[[Runcast], None]:
    """Send letters."""
    return lambda app: with_mail(app, mailbox.port)


@pytest.fixture
async def crew(alice: SignedIn, runtime: Runtime) -> str:
    """Return the id of a team of alice's, whose address is verified."""
    await verify(runtime, alice)
    made = await alice.post("/api/teams", json={"name": "crew"})
    return str(made.json()["id"])


@pytest.fixture
async def admin(app: Runcast, alice: SignedIn, clock: FakeClock) -> SignedIn:
    """Return alice, who is an administrator."""
    await promote(app, alice)
    clock.advance(3)
    return alice
