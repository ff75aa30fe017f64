"""Requests that are under way while credentials are ended, and many at once of what is bounded.

Who ends credentials and who makes them hold the same row: in either order nothing is left that opens the
account, and what is counted is counted by one at a time.
"""

import asyncio
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

import httpx2
import pytest
from sqlalchemy import func, select, text, update

from runcast.database import UnitOfWork
from runcast.errors import Conflict, InvalidGrant, InvalidToken, NotFound, RuncastError, TooMany
from runcast.models import Session, Team, User
from runcast.runtime import Runtime
from runcast.scopes import Scope
from runcast.services import (
    api_keys,
    invitation_codes,
    invitations,
    members,
    own_account,
    registration,
    resets,
    shares,
    takeovers,
    teams,
    user_changes,
    verification,
    ways_in,
)
from runcast.services.api_keys import KeyRequest
from runcast.services.audit import Actor
from runcast.services.factors import factors, passkey_sign_in, passkeys, second_step, totp
from runcast.services.factors.relying_party import RelyingParty
from runcast.services.factors.second_step import Answer
from runcast.services.letter_bounds import PLACES, Kind
from runcast.services.mail.mailer import Letter, Mailer
from runcast.services.own_account import Change
from runcast.services.permissions import Role
from runcast.services.providers import finished_sign_ins
from runcast.services.user_changes import AccountChange
from runcast.services.users import Newcomer, Registrar
from tests.tools.authenticator import Authenticator
from tests.tools.clock import FakeClock
from tests.tools.people import HERE, PASSWORD, SignedIn
from tests.tools.second_factors import App, add_app, add_passkey, challenge, first_step
from tests.tools.stories import begin
from tests.unit.services.providers.test_finished_sign_ins import CHALLENGE, VERIFIER

PARTY = RelyingParty("localhost", ("http://localhost",))
NEW = "a password that is new"
WAYS = ("api_keys", "passkeys", "totp", "recovery_codes", "one_time_codes")
Doing = Callable[[UnitOfWork], Awaitable[Any]]


class Carrier:
    """Takes every letter."""

    def __init__(self) -> None:
        self.taken: list[Letter] = []

    async def deliver(self, letter: Letter) -> None:
        """Keep it."""
        self.taken.append(letter)


@dataclass
class Scene:
    """Alice's account, into which somebody is signed in; and what they do there next, by name."""

    runtime: Runtime
    by: Actor
    acts: dict[str, Doing]

    @property
    def user_id(self) -> UUID:
        """Whose account it is."""
        assert self.by.principal is not None
        return self.by.principal.user_id

    async def do(self, act: Doing) -> Any:
        """Do something in a unit of its own."""
        async with UnitOfWork(self.runtime.database) as uow:
            return await act(uow)

    async def take_back(self, uow: UnitOfWork) -> None:
        """End everything that opens the account."""
        runtime, by = self.runtime, Actor(HERE)
        await takeovers.end_ways_in(uow, self.user_id)
        await takeovers.end_credentials(
            uow, runtime.issuer, runtime.credentials, self.user_id, by=by
        )

    async def set_password(self, uow: UnitOfWork) -> None:
        """Set another password, as whoever takes the account back does."""
        await self.take_back(uow)
        theirs = update(User).where(User.id == self.user_id)
        await uow.session.execute(theirs.values(password_hash="another"))

    async def left(self) -> int:
        """Return how much there is that opens the account."""
        async with UnitOfWork(self.runtime.database) as uow:
            # A challenge that was met is kept too, as nobody's.
            its = "WHERE user_id IS NOT NULL"
            kept = [f"(SELECT count(*) FROM runcast_{name} {its})" for name in WAYS]
            sums = f"SELECT {'+'.join(kept)} + (SELECT count(*) FROM runcast_shares)"
            opens = await uow.session.scalar(text(sums))
            live = select(func.count()).select_from(Session).where(Session.ended_at.is_(None))
            return (opens or 0) + (await uow.session.scalar(live) or 0)


@pytest.fixture
async def scene(runtime: Runtime, alice: SignedIn, clock: FakeClock) -> Scene:
    """Return it, with a factor that is being added, a passkey too, and an execution."""
    principal = await runtime.credentials.principal(alice.token)
    by, user_id = Actor(HERE, principal), principal.user_id
    execution_id = (await begin(runtime, alice.user["id"])).id
    key, other = Authenticator(), Authenticator()
    await add_passkey(alice, other)
    prover, registrar = runtime.prover, written(runtime, Carrier())
    async with UnitOfWork(runtime.database) as uow:
        secret = (await totp.begin(uow, prover, user_id)).secret
        begun = await passkeys.begin(uow, prover, PARTY, user_id)
        held = (await passkeys.list_own(uow, user_id))[0].id
        team = await teams.make(uow, runtime.audit, by, "crew")
    made = key.create(begun.options)
    invited = invitations.Asked("bob@example.com", team.id, Role.VIEWER)
    change = _changing(runtime, registrar, by)

    acts: dict[str, Doing] = {
        "a key": lambda uow: api_keys.make(
            uow, runtime.audit, principal, KeyRequest("x", [Scope.APP]), client=HERE
        ),
        "a share": lambda uow: shares.make(
            uow, runtime.audit, principal, execution_id, None, client=HERE
        ),
        "an app": lambda uow: factors.confirm_totp(
            uow, prover, by, user_id, App(secret, clock).code()
        ),
        "no app": lambda uow: factors.remove_totp(uow, prover, by, user_id),
        "recovery codes": lambda uow: factors.renew_codes(uow, prover, by, user_id),
        "a passkey": lambda uow: factors.add_passkey(
            uow, prover, PARTY, by, user_id, code=begun.code, credential=made, name="x"
        ),
        "no passkey": lambda uow: factors.remove_passkey(uow, prover, by, user_id, held),
        "a team": lambda uow: teams.make(uow, runtime.audit, by, "x"),
        "an invitation": lambda uow: invitations.make(uow, registrar, invited, by=by),
        "a letter": lambda uow: verification.ask(uow, registrar, user_id, by=by),
        "a name": lambda uow: change(uow, Change(name="x")),
        "somebody's rights": lambda uow: user_changes.change(
            uow,
            runtime.issuer,
            runtime.credentials,
            user_id,
            AccountChange(is_admin=True),
            by=by,
        ),
    }
    return Scene(runtime, by, acts)


def written(runtime: Runtime, carrier: Carrier) -> Registrar:
    """Return what accounts are made with where letters are sent."""
    return replace(runtime.registrar, mailer=Mailer(carrier, "https://runs.example.com"))


def _changing(
    runtime: Runtime, registrar: Registrar, by: Actor
) -> Callable[[UnitOfWork, Change], Awaitable[Any]]:
    assert by.principal is not None
    principal = by.principal

    async def change(uow: UnitOfWork, wanted: Change) -> Any:
        return await own_account.change(
            uow, registrar, runtime.credentials, principal, wanted, client=HERE
        )

    return change


ACTS = (
    "a key",
    "a share",
    "an app",
    "no app",
    "recovery codes",
    "a passkey",
    "no passkey",
    "a team",
    "an invitation",
    "a letter",
    "a name",
    "somebody's rights",
)
# Those that end in one statement after the row was waited for; a passkey's code is used up first.
MAKING = ("a key", "a share", "recovery codes")


@pytest.mark.parametrize("act", [act for act in ACTS if act != "a passkey"])
async def test_who_was_let_in_before_the_reset_does_nothing_after_it(
    scene: Scene, act: str
) -> None:
    await scene.do(scene.take_back)
    with pytest.raises(InvalidToken):
        await scene.do(scene.acts[act])
    assert await scene.left() == 0


@pytest.mark.parametrize("act", MAKING)
async def test_who_comes_during_the_reset_waits_for_it_and_makes_nothing(
    scene: Scene, act: str
) -> None:
    async with UnitOfWork(scene.runtime.database) as uow:
        await scene.take_back(uow)
        doing = asyncio.create_task(scene.do(scene.acts[act]))
        done, _ = await asyncio.wait({doing}, timeout=0.3)
        assert not done
    with pytest.raises(InvalidToken):
        await doing
    assert await scene.left() == 0


@pytest.mark.parametrize("act", ["an app", "a passkey", *MAKING])
async def test_what_is_made_just_before_the_reset_is_ended_by_it(scene: Scene, act: str) -> None:
    async with UnitOfWork(scene.runtime.database) as uow:
        await scene.acts[act](uow)
        resetting = asyncio.create_task(scene.do(scene.take_back))
        done, _ = await asyncio.wait({resetting}, timeout=0.3)
        assert not done
    await resetting
    assert await scene.left() == 0


async def test_a_passkey_whose_code_was_used_up_before_the_reset_is_not_kept_after_it(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    reached, may_go_on = asyncio.Event(), asyncio.Event()
    commit = UnitOfWork.commit

    async def pausing(uow: UnitOfWork) -> None:
        await commit(uow)
        if not reached.is_set():
            reached.set()
            await may_go_on.wait()

    monkeypatch.setattr(UnitOfWork, "commit", pausing)
    adding = asyncio.create_task(scene.do(scene.acts["a passkey"]))
    await reached.wait()
    await scene.do(scene.take_back)
    may_go_on.set()
    with pytest.raises(InvalidToken):
        await adding
    assert await scene.left() == 0


@pytest.mark.parametrize("wanted", [Change(password=NEW), Change(email="evil@example.com")])
async def test_the_old_password_changes_nothing_once_it_is_another(
    scene: Scene, monkeypatch: pytest.MonkeyPatch, wanted: Change
) -> None:
    passwords = scene.runtime.registrar.passwords
    verify = passwords.verify

    async def verified(*arguments: Any) -> bool:
        is_right = await verify(*arguments)
        theirs = update(User).where(User.id == scene.user_id)
        await scene.do(lambda uow: uow.session.execute(theirs.values(password_hash="another")))
        return is_right

    monkeypatch.setattr(passwords, "verify", verified)
    change = _changing(scene.runtime, scene.runtime.registrar, scene.by)
    with pytest.raises(RuncastError, match="not your password"):
        await scene.do(lambda uow: change(uow, replace(wanted, current_password=PASSWORD)))
    async with UnitOfWork(scene.runtime.database) as uow:
        query = select(User.email, User.password_hash).where(User.id == scene.user_id)
        row = (await uow.session.execute(query)).one()
    assert tuple(row) == ("alice@example.com", "another")


@pytest.fixture
async def signing_in(
    scene: Scene, alice: SignedIn, clock: FakeClock, request: pytest.FixtureRequest
) -> Doing:
    """Return the last request of a sign-in that has come so far, by one of the ways."""
    runtime = scene.runtime
    key = Authenticator()
    if request.param == "a passkey":
        await add_passkey(alice, key)
        asked = await challenge(alice)
        shown = key.get(asked["options"])
        return lambda uow: passkey_sign_in.finish(
            uow,
            runtime.issuer,
            runtime.prover,
            PARTY,
            HERE,
            code=asked["code"],
            passkey=shown,
        )
    if request.param == "a provider":
        user_id = UUID(alice.user["id"])
        async with UnitOfWork(runtime.database) as uow:
            code = await finished_sign_ins.offer(uow, runtime.clock, user_id, CHALLENGE.decode())
        return lambda uow: finished_sign_ins.by_code(
            uow, runtime.issuer, code=code, verifier=VERIFIER, client=HERE
        )
    _, codes = await add_app(alice, clock)
    token = (await first_step(alice))["mfa_token"]
    answer = Answer(recovery_code=codes[0])
    return lambda uow: second_step.finish(
        uow, runtime.issuer, runtime.prover, PARTY, HERE, token=token, answer=answer
    )


SIGN_INS = pytest.mark.parametrize(
    "signing_in", ["a second step", "a passkey", "a provider"], indirect=True
)


@SIGN_INS
async def test_a_sign_in_that_ends_during_the_reset_opens_nothing(
    signing_in: Doing, scene: Scene
) -> None:
    async with UnitOfWork(scene.runtime.database) as uow:
        await scene.set_password(uow)
        finishing = asyncio.create_task(scene.do(signing_in))
        done, _ = await asyncio.wait({finishing}, timeout=0.3)
        assert not done
    with pytest.raises(InvalidGrant):
        await finishing
    assert await scene.left() == 0


@SIGN_INS
async def test_a_session_that_is_opened_just_before_the_reset_is_ended_by_it(
    signing_in: Doing, scene: Scene
) -> None:
    async with UnitOfWork(scene.runtime.database) as uow:
        await signing_in(uow)
        resetting = asyncio.create_task(scene.do(scene.take_back))
        done, _ = await asyncio.wait({resetting}, timeout=0.3)
        assert not done
    await resetting
    assert await scene.left() == 0


@SIGN_INS
async def test_a_sign_in_that_ends_while_the_account_is_disabled_opens_nothing(
    signing_in: Doing, scene: Scene
) -> None:
    runtime, wanted = scene.runtime, AccountChange(is_disabled=True)
    async with UnitOfWork(runtime.database) as uow:
        await user_changes.change(
            uow, runtime.issuer, runtime.credentials, scene.user_id, wanted, by=Actor(HERE)
        )
        finishing = asyncio.create_task(scene.do(signing_in))
        done, _ = await asyncio.wait({finishing}, timeout=0.3)
        assert not done
    with pytest.raises(InvalidGrant):
        await finishing


@pytest.mark.parametrize("signing_in", ["a second step"], indirect=True)
async def test_a_second_step_that_ends_while_the_password_changes_opens_nothing(
    signing_in: Doing, scene: Scene
) -> None:
    async with UnitOfWork(scene.runtime.database) as uow:
        theirs = update(User).where(User.id == scene.user_id)
        await uow.session.execute(theirs.values(password_hash="another"))
        finishing = asyncio.create_task(scene.do(signing_in))
        done, _ = await asyncio.wait({finishing}, timeout=0.3)
        assert not done
    with pytest.raises(InvalidGrant):
        await finishing


async def at_once(scene: Scene, act: Doing, times: int = 8) -> list[Any]:
    """Return what each of so many got, who did the same at once: of a refusal, its type."""
    both = await asyncio.gather(*(scene.do(act) for _ in range(times)), return_exceptions=True)
    return [type(one) if isinstance(one, BaseException) else None for one in both]


@pytest.mark.parametrize(
    ("act", "module", "bound"),
    [
        ("a key", api_keys, "MAX_KEYS"),
        ("a share", shares, "MAX_SHARES"),
        ("a team", teams, "MAX_TEAMS"),
    ],
)
async def test_many_at_once_make_no_more_than_one_by_one(
    scene: Scene, monkeypatch: pytest.MonkeyPatch, act: str, module: Any, bound: str
) -> None:
    # One team is there already.
    monkeypatch.setattr(module, bound, 3 if act == "a team" else 2)
    results = await at_once(scene, scene.acts[act])
    assert (results.count(None), results.count(Conflict)) == (2, 6)


async def test_many_passkeys_at_once_are_no_more_than_one_may_have(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(passkeys, "MAX_PASSKEYS", 2)
    prover = scene.runtime.prover

    async def add(uow: UnitOfWork) -> None:
        begun = await passkeys.begin(uow, prover, PARTY, scene.user_id)
        # Who begins anew gives up what was begun: here each goes on with their own.
        credential = Authenticator().create(begun.options)
        await factors.add_passkey(
            uow,
            prover,
            PARTY,
            scene.by,
            scene.user_id,
            code=begun.code,
            credential=credential,
            name="x",
        )

    results = await at_once(scene, add)
    assert (results.count(None), set(results)) == (1, {None, Conflict})


async def test_of_recovery_codes_made_many_times_at_once_ten_are_good(scene: Scene) -> None:
    results = await at_once(scene, scene.acts["recovery codes"])
    assert set(results) == {None}
    async with UnitOfWork(scene.runtime.database) as uow:
        assert (await factors.overview(uow, scene.user_id)).recovery_codes == 10


async def test_many_who_ask_for_a_letter_at_once_get_one(scene: Scene) -> None:
    carrier = Carrier()
    registrar = written(scene.runtime, carrier)
    change = _changing(scene.runtime, registrar, scene.by)
    wanted = Change(email="new@example.com", current_password=PASSWORD)
    for doing, refused in (
        (lambda uow: resets.ask(uow, registrar, "alice@example.com", client=HERE), None),
        (lambda uow: verification.ask(uow, registrar, scene.user_id, by=scene.by), TooMany),
        (lambda uow: change(uow, wanted), TooMany),
    ):
        results = await at_once(scene, doing)
        assert set(results) == {None, refused}
        await registrar.mailer.settled()
        assert len(carrier.taken) == 1
        carrier.taken.clear()


@pytest.mark.parametrize("email", ["alice@example.com", "nobody@example.com"])
async def test_many_who_register_one_address_at_once_write_five_letters_to_it(
    scene: Scene, email: str
) -> None:
    carrier = Carrier()
    registrar = replace(written(scene.runtime, carrier), requires_verified=True)
    newcomer = Newcomer(email, PASSWORD)
    results = await at_once(
        scene, lambda uow: registration.register(uow, registrar, newcomer, client=HERE), 10
    )
    assert set(results) == {None}
    await registrar.mailer.settled()
    assert [letter.to for letter in carrier.taken] == [email] * PLACES[Kind.ACCOUNT]


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
