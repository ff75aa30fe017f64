"""Whom an identity signs in, whom it makes, and that an address leads to nobody."""

from datetime import UTC, datetime
from uuid import UUID

import pytest
from sqlalchemy import update

from runcast.database import UnitOfWork
from runcast.errors import AccountExists, AddressNotVerified, Forbidden, SignInRefused
from runcast.models import Identity, User
from runcast.runtime import Runtime
from runcast.services import identities
from runcast.services.principals import Client
from runcast.services.providers.base import Answer, Departure, ProvedIdentity
from tests.tools.clock import FakeClock
from tests.tools.people import SignedIn

HERE = Client("a browser", "192.0.2.1")
ADA = ProvedIdentity("https://id.example", "1", "ada@example.com", "Ada")


class Acme:
    """A provider that is named, and not asked here."""

    name = "acme"
    title = "Acme"

    def __init__(self, *, sign_up: bool | None = None) -> None:
        self.sign_up = sign_up

    async def authorization_url(self, departure: Departure) -> str:
        """Not asked for."""
        raise NotImplementedError

    async def redeem(self, departure: Departure, answer: Answer) -> ProvedIdentity:
        """Not asked for."""
        raise NotImplementedError


async def user_of(runtime: Runtime, proved: ProvedIdentity, *, sign_up: bool | None = None) -> UUID:
    """Return whom this identity signs in."""
    async with UnitOfWork(runtime.database) as uow:
        return await identities.user_of(uow, runtime.registrar, Acme(sign_up=sign_up), proved, HERE)


async def test_issuer_and_subject_say_who_it_is_and_nothing_else(runtime: Runtime) -> None:
    ada = await user_of(runtime, ADA)
    renamed = ProvedIdentity(ADA.issuer, ADA.subject, "new@example.com", "Other")
    assert await user_of(runtime, renamed) == ada
    others = [
        ProvedIdentity(ADA.issuer, "2", "b@example.com", None),
        ProvedIdentity("https://evil.example", ADA.subject, "c@example.com", None),
    ]
    assert len({ada, *[await user_of(runtime, other) for other in others]}) == 3


async def test_each_use_is_noted_with_the_address_of_the_day(
    runtime: Runtime, clock: FakeClock
) -> None:
    ada = await user_of(runtime, ADA)
    clock.advance(60)
    await user_of(runtime, ProvedIdentity(ADA.issuer, ADA.subject, "new@example.com", None))
    clock.advance(60)
    await user_of(runtime, ProvedIdentity(ADA.issuer, ADA.subject, None, None))
    async with UnitOfWork(runtime.database) as uow:
        (one,), _ = await identities.list_own(uow, runtime.cursors, ada, limit=9, cursor=None)
    assert (one.provider, one.email) == ("acme", "new@example.com")
    assert (one.last_used_at - one.created_at).total_seconds() == 120


@pytest.mark.parametrize("email", ["alice@example.com", "ALICE@Example.COM"])
async def test_an_address_that_has_an_account_leads_to_it_never(
    runtime: Runtime, alice: SignedIn, email: str
) -> None:
    with pytest.raises(AccountExists):
        await user_of(runtime, ProvedIdentity(ADA.issuer, "9", email, None), sign_up=True)
    async with UnitOfWork(runtime.database) as uow:
        assert (await uow.session.execute(Identity.__table__.select())).all() == []


@pytest.mark.parametrize("email", [None, "", "nonsense", "a@b@c", "a\0@example.com"])
async def test_without_an_address_there_is_no_account(runtime: Runtime, email: str | None) -> None:
    with pytest.raises(AddressNotVerified):
        await user_of(runtime, ProvedIdentity(ADA.issuer, "9", email, None))


async def test_a_provider_may_be_kept_from_making_accounts(runtime: Runtime) -> None:
    with pytest.raises(Forbidden):
        await user_of(runtime, ADA, sign_up=False)
    assert await user_of(runtime, ADA, sign_up=True) == await user_of(runtime, ADA, sign_up=False)


async def test_who_has_no_name_is_called_by_their_address(runtime: Runtime) -> None:
    ada = await user_of(runtime, ProvedIdentity(ADA.issuer, "1", ADA.email, None))
    async with UnitOfWork(runtime.database) as uow:
        assert (await uow.session.get_one(User, ada)).name == "ada"


async def test_a_disabled_account_stays_closed(runtime: Runtime) -> None:
    await user_of(runtime, ADA)
    async with UnitOfWork(runtime.database) as uow:
        disabled = update(User).values(disabled_at=datetime(2026, 1, 1, tzinfo=UTC))
        await uow.session.execute(disabled)
    with pytest.raises(SignInRefused):
        await user_of(runtime, ADA)
