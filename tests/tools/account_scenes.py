"""Somebody's account, what they do there, and its end, each to be done whenever a test likes."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, text, update

from runcast.database import UnitOfWork
from runcast.models import Session, User
from runcast.runtime import Runtime
from runcast.scopes import Scope
from runcast.services import (
    api_keys,
    invitations,
    own_account,
    shares,
    takeovers,
    teams,
    user_changes,
    verification,
)
from runcast.services.api_keys import KeyRequest
from runcast.services.audit import Actor
from runcast.services.factors import factors, passkeys, totp
from runcast.services.factors.relying_party import RelyingParty
from runcast.services.mail.mailer import Letter, Mailer
from runcast.services.own_account import Change
from runcast.services.permissions import Role
from runcast.services.user_changes import AccountChange
from runcast.services.users import Registrar
from tests.tools.authenticator import Authenticator
from tests.tools.clock import FakeClock
from tests.tools.people import HERE, SignedIn
from tests.tools.second_factors import App, add_passkey
from tests.tools.stories import begin

PARTY = RelyingParty("localhost", ("http://localhost",))
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


async def scene_of(runtime: Runtime, alice: SignedIn, clock: FakeClock) -> Scene:
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
    change = changing(runtime, registrar, by)

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


def changing(
    runtime: Runtime, registrar: Registrar, by: Actor
) -> Callable[[UnitOfWork, Change], Awaitable[Any]]:
    """Return how this person changes their own account."""
    assert by.principal is not None
    principal = by.principal

    async def change(uow: UnitOfWork, wanted: Change) -> Any:
        return await own_account.change(
            uow, registrar, runtime.credentials, principal, wanted, client=HERE
        )

    return change
