"""People are told by letter what comes and goes of their second factors, once it is committed."""

from dataclasses import replace
from uuid import UUID

import pytest

from runcast.database import UnitOfWork
from runcast.errors import MfaFailed
from runcast.runtime import Runtime
from runcast.services.audit import Actor
from runcast.services.factors import factors, passkeys, second_step, totp
from runcast.services.factors.prover import Prover
from runcast.services.factors.relying_party import RelyingParty
from runcast.services.factors.second_step import Answer
from runcast.services.mail.mailer import Letter, Mailer
from tests.tools.authenticator import Authenticator
from tests.tools.clock import FakeClock
from tests.tools.people import HERE, SignedIn
from tests.tools.second_factors import App, add_app, first_step

PARTY = RelyingParty("localhost", ("http://localhost",))


class Carrier:
    """Takes every letter."""

    def __init__(self) -> None:
        self.taken: list[Letter] = []

    async def deliver(self, letter: Letter) -> None:
        """Keep it."""
        self.taken.append(letter)

    def told(self) -> list[str]:
        """Return what happened, as the letters say it."""
        return [
            next(word for word in ("Somebody", "New", "removed", "added") if word in letter.text)
            for letter in self.taken
        ]


def writing(runtime: Runtime, carrier: Carrier) -> tuple[Prover, Mailer]:
    """Return what judges factors and writes letters."""
    mailer = Mailer(carrier, "https://runs.example.com")
    return replace(runtime.prover, mailer=mailer), mailer


async def test_what_is_added_made_and_removed_is_told(
    runtime: Runtime, alice: SignedIn, clock: FakeClock
) -> None:
    carrier = Carrier()
    prover, mailer = writing(runtime, carrier)
    user_id = UUID(alice.user["id"])
    actor = Actor(HERE, await runtime.credentials.principal(alice.token))
    key = Authenticator()
    async with UnitOfWork(runtime.database) as uow:
        app = App((await totp.begin(uow, prover, user_id)).secret, clock)
        await factors.confirm_totp(uow, prover, actor, user_id, app.code())
        begun = await passkeys.begin(uow, prover, PARTY, user_id)
    async with UnitOfWork(runtime.database) as uow:
        made, codes = await factors.add_passkey(
            uow,
            prover,
            PARTY,
            actor,
            user_id,
            code=begun.code,
            credential=key.create(begun.options),
            name="a key",
        )
        assert codes is None
    async with UnitOfWork(runtime.database) as uow:
        new = await factors.renew_codes(uow, prover, actor, user_id)
        await factors.remove_passkey(uow, prover, actor, user_id, made.id)
        await factors.remove_totp(uow, prover, actor, user_id)
    await mailer.settled()
    assert sorted(carrier.told()) == ["New", "added", "added", "removed", "removed"]
    assert {letter.to for letter in carrier.taken} == {"alice@example.com"}
    assert not [code for code in new if code in "".join(one.text for one in carrier.taken)]


async def test_a_sign_in_by_a_recovery_code_is_told_and_a_wrong_one_is_not(
    runtime: Runtime, alice: SignedIn, clock: FakeClock
) -> None:
    carrier = Carrier()
    _, codes = await add_app(alice, clock)
    prover, mailer = writing(runtime, carrier)
    token = (await first_step(alice))["mfa_token"]

    async def show(code: str) -> None:
        async with UnitOfWork(runtime.database) as uow:
            answer = Answer(recovery_code=code)
            await second_step.finish(
                uow, runtime.issuer, prover, PARTY, HERE, token=token, answer=answer
            )

    with pytest.raises(MfaFailed):
        await show("wrong")
    await show(codes[0])
    await mailer.settled()
    assert carrier.told() == ["Somebody"]
