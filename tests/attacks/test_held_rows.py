"""Who holds a row, and who waits for it: nobody keeps others waiting who have nothing to do with it."""

import asyncio
import re

import httpx2
import pytest
from sqlalchemy import select, update

from runcast.database import UnitOfWork
from runcast.errors import NotFound
from runcast.models import Team, User
from runcast.services import (
    invitation_codes,
    invitations,
    members,
    teams,
    ways_in,
)
from runcast.services.audit import Actor
from runcast.services.permissions import Role
from tests.tools.account_scenes import Carrier, Scene, written
from tests.tools.people import HERE, SignedIn


async def test_who_accepts_an_invitation_keeps_no_team_while_they_wait_for_their_own_account(
    scene: Scene, bob: SignedIn
) -> None:
    carrier = Carrier()
    registrar = written(scene.runtime, carrier)
    made = await scene.do(scene.acts["a team"])
    asked = invitations.Asked("bob@example.com", made.id, Role.VIEWER)
    theirs = update(User).where(User.id == scene.user_id)
    await scene.do(
        lambda uow: uow.session.execute(theirs.values(email_verified_at=scene.runtime.clock.now()))
    )
    await scene.do(lambda uow: invitations.make(uow, registrar, asked, by=scene.by))
    await registrar.mailer.settled()
    found = re.search(r"#invite=(\S+)", carrier.taken[-1].text)
    assert found is not None
    principal = await scene.runtime.credentials.principal(bob.token)
    by = Actor(HERE, principal)
    async with UnitOfWork(scene.runtime.database) as uow:
        await ways_in.hold(uow, principal.user_id)
        accepting = asyncio.create_task(
            scene.do(lambda own: invitation_codes.accept(own, registrar, found[1], by=by))
        )
        done, _ = await asyncio.wait({accepting}, timeout=0.3)
        assert not done
        # Who invites holds their account and then the team, so that neither waits for the other.
        its = select(Team.id).where(Team.id == made.id)
        assert await uow.session.scalar(its.with_for_update(nowait=True)) is not None
    await accepting


@pytest.mark.parametrize("act", ["to be invited", "to change it"])
async def test_who_may_do_nothing_in_a_team_does_not_wait_for_it(
    scene: Scene, bob: SignedIn, act: str
) -> None:
    registrar = written(scene.runtime, Carrier())
    made = await scene.do(scene.acts["a team"])
    by = Actor(HERE, await scene.runtime.credentials.principal(bob.token))
    asked = invitations.Asked("carl@example.com", made.id, Role.OWNER)

    async def do(uow: UnitOfWork) -> None:
        if act == "to be invited":
            await invitations.make(uow, registrar, asked, by=by)
        else:
            await members.set_role(
                uow, scene.runtime.audit, by, made.id, scene.user_id, role=Role.VIEWER
            )

    async with UnitOfWork(scene.runtime.database) as uow, asyncio.timeout(5):
        await teams.lock(uow, made.id)
        with pytest.raises(NotFound):
            await scene.do(do)


async def test_whose_requests_all_wait_for_their_account_keep_nobody_else_waiting(
    *,
    scene: Scene,
    client: httpx2.AsyncClient,
    alice: SignedIn,
    bob: SignedIn,
) -> None:
    database = scene.runtime.database
    most = database.engine.sync_engine.pool.size()  # type: ignore[attr-defined]
    asked = {"name": "x", "scopes": ["app"]}
    async with UnitOfWork(database) as uow, asyncio.timeout(10):
        await ways_in.hold(uow, scene.user_id)
        flood = [
            asyncio.create_task(alice.post("/api/auth/keys", json=asked)) for _ in range(2 * most)
        ]
        while database.connections_in_use < most - 1:  # noqa: ASYNC110 - nothing tells of it
            await asyncio.sleep(0)
        assert (await client.get("/health/ready")).status_code == 200
        assert (await bob.get("/api/teams")).status_code == 200
        if database.kind == "postgresql":
            # Where there is one writer, it is her now.
            assert (await bob.post("/api/items", json={"name": "x"})).status_code == 201
    answers = await asyncio.gather(*flood)
    assert {answer.status_code for answer in answers} == {201}
