"""The parts of accounts: put together from one secret, the same at every start."""

from datetime import timedelta

from runcast.application import Runcast
from runcast.ids import TimeOrderedIds
from runcast.runtime import Runtime
from runcast.services.accounts import open_accounts
from tests.conftest import SECRET
from tests.tools.clock import FakeClock
from tests.tools.people import SignedIn


async def test_what_one_start_issued_the_next_one_takes(
    app: Runcast, alice: SignedIn, clock: FakeClock
) -> None:
    runtime: Runtime = app.state.runtime
    again = await open_accounts(runtime.database, runtime.settings, clock, TimeOrderedIds(), SECRET)
    try:
        principal = await again.credentials.principal(alice.tokens["access_token"])
        assert str(principal.user_id) == alice.user["id"]
        assert again.issuer.refresh_key == runtime.issuer.refresh_key
        assert again.local_access == runtime.local_access
        cursor = runtime.cursors.encode("items", [1])
        assert again.cursors.decode("items", cursor) == [1]
    finally:
        again.stop()
        again.stop()


async def test_the_settings_say_how_long_a_session_lasts(app: Runcast) -> None:
    issuer = app.state.runtime.issuer
    assert issuer.idle == timedelta(seconds=app.settings.session_idle_seconds)
    assert issuer.absolute == timedelta(seconds=app.settings.session_seconds)
