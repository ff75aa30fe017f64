"""An entry says who did what to what, and from where, and is committed with the act itself."""

from contextlib import suppress
from uuid import uuid4

from runcast.database import UnitOfWork
from runcast.runtime import Runtime
from runcast.services.audit import Action, Actor, Audit
from tests.tools.audited import entries
from tests.tools.markdown import ROOT
from tests.tools.people import HERE, SignedIn


async def test_who_is_signed_in_is_named_by_the_credential(
    runtime: Runtime, alice: SignedIn
) -> None:
    principal = await runtime.credentials.principal(alice.token)
    audit = Audit(runtime.clock, runtime.ids)
    async with UnitOfWork(runtime.database) as uow:
        actor = Actor(HERE, principal)
        await audit.note(uow, Action.KEY_DELETED, actor, subject="key 1", name="ci")
    (entry,) = await entries(runtime, Action.KEY_DELETED)
    assert (entry.user_id, entry.session_id) == (principal.user_id, principal.session_id)
    assert (entry.address, entry.user_agent) == (HERE.address, HERE.user_agent)
    assert (entry.subject, entry.details) == ("key 1", {"name": "ci"})
    assert entry.at == runtime.clock.now()


async def test_who_is_not_signed_in_may_be_known_all_the_same(runtime: Runtime) -> None:
    user_id = uuid4()
    async with UnitOfWork(runtime.database) as uow:
        audit = Audit(runtime.clock, runtime.ids)
        await audit.note(uow, Action.SIGN_IN_FAILED, Actor(HERE), user_id=user_id)
        await audit.note(uow, Action.SIGN_IN_FAILED, Actor(HERE))
    assert [entry.user_id for entry in await entries(runtime, Action.SIGN_IN_FAILED)] == [
        user_id,
        None,
    ]


async def test_an_act_that_fails_leaves_no_entry(runtime: Runtime) -> None:
    with suppress(ZeroDivisionError):
        async with UnitOfWork(runtime.database) as uow:
            audit = Audit(runtime.clock, runtime.ids)
            await audit.note(uow, Action.KEY_DELETED, Actor(HERE), subject="key 2")
            raise ZeroDivisionError
    assert await entries(runtime, Action.KEY_DELETED) == []


def test_the_console_has_words_for_each_act() -> None:
    words = (ROOT / "console/src/audit/audit_words.ts").read_text()
    assert [action for action in Action if f'["{action}", "' not in words] == []
