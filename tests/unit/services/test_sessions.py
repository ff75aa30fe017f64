"""Sessions below HTTP: what is kept of a sign-in, and what its end reaches."""

from runcast.application import Runcast
from runcast.database import UnitOfWork
from runcast.models import Session
from runcast.runtime import Runtime
from runcast.services import sessions
from runcast.services.audit import Action
from tests.tools.audited import entries
from tests.tools.people import HERE, SignedIn


async def test_a_sign_in_of_someone_proved_otherwise_is_a_session_like_any(
    app: Runcast, alice: SignedIn
) -> None:
    runtime: Runtime = app.state.runtime
    hers = await runtime.credentials.principal(alice.tokens["access_token"])
    async with UnitOfWork(runtime.database) as uow:
        grant = await sessions.open_session(uow, runtime.issuer, hers.user_id, HERE)
    principal = await runtime.credentials.principal(grant.access_token)
    assert (principal.user_id, principal.email) == (hers.user_id, hers.email)
    async with UnitOfWork(runtime.database) as uow:
        page, _ = await sessions.list_live(
            uow, runtime.issuer, runtime.cursors, hers.user_id, limit=10, cursor=None
        )
    assert page[0].id == principal.session_id
    assert (page[0].user_agent, page[0].address) == (HERE.user_agent, HERE.address)


async def test_a_sign_in_keeps_by_what_and_when_it_was_proved_and_is_noted(
    runtime: Runtime, alice: SignedIn
) -> None:
    hers = await runtime.credentials.principal(alice.token)
    async with UnitOfWork(runtime.database) as uow:
        grant = await sessions.open_session(
            uow, runtime.issuer, hers.user_id, HERE, methods="pwd otp"
        )
    opened = await runtime.credentials.principal(grant.access_token)
    async with UnitOfWork(runtime.database) as uow:
        row = await uow.session.get_one(Session, opened.session_id)
    assert (row.methods, row.proved_at) == ("pwd otp", runtime.clock.now())
    entry = (await entries(runtime, Action.SIGNED_IN))[-1]
    assert (entry.user_id, entry.subject) == (hers.user_id, f"session {opened.session_id}")
    assert (entry.address, entry.user_agent) == (HERE.address, HERE.user_agent)
    assert entry.details == {"methods": "pwd otp"}


async def test_an_end_that_is_rolled_back_is_not_felt(app: Runcast, alice: SignedIn) -> None:
    runtime: Runtime = app.state.runtime
    principal = await runtime.credentials.principal(alice.tokens["access_token"])
    uow = UnitOfWork(runtime.database)
    await sessions.end_own(uow, runtime.issuer, runtime.credentials, principal, client=HERE)
    await uow.session.rollback()
    await uow.session.close()
    assert await runtime.credentials.still_good([principal]) == {principal}
    assert (await alice.get("/api/auth/me")).status_code == 200
