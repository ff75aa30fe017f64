"""A browser that comes back: one end for each journey, nothing held meanwhile, refusals noted."""

import asyncio

import pytest

from runcast.database import UnitOfWork
from runcast.errors import AccountExists, SignInRefused, Unavailable
from runcast.runtime import Runtime
from runcast.services.audit import Action
from runcast.services.principals import Client
from runcast.services.providers import Providers, arrivals, destinations
from runcast.services.providers.arrivals import Arrived
from runcast.services.providers.base import Answer, Departure, ProvedIdentity
from runcast.services.providers.journeys import Journey
from tests.tools.audited import entries
from tests.tools.people import SignedIn

HERE = Client("a browser", "192.0.2.1")


class Acme:
    """A provider that proves whom it is told to, when it is told to."""

    name = "acme"
    title = "Acme"
    sign_up: bool | None = None

    def __init__(self) -> None:
        self.proves: ProvedIdentity | Exception = ProvedIdentity(
            "https://id.example", "1", "ada@example.com", "Ada"
        )
        self.asked = asyncio.Event()
        self.may_answer = asyncio.Event()
        self.may_answer.set()

    async def authorization_url(self, departure: Departure) -> str:
        """Not asked for."""
        raise NotImplementedError

    async def redeem(self, departure: Departure, answer: Answer) -> ProvedIdentity:
        """Return whom it proves."""
        self.asked.set()
        await self.may_answer.wait()
        if isinstance(self.proves, Exception):
            raise self.proves
        return self.proves


@pytest.fixture
async def acme() -> Acme:
    """Return one."""
    return Acme()


def begin(runtime: Runtime, **more: str) -> Journey:
    """Return a journey to acme."""
    destination = destinations.parse("/", ())
    return runtime.journeys.begin("acme", "http://x/", destination, challenge=more.get("challenge"))


async def arrive(runtime: Runtime, acme: Acme, journey: Journey) -> Arrived:
    """Return how a journey ends."""
    async with UnitOfWork(runtime.database) as uow:
        return await arrivals.arrive(
            uow,
            Providers({"acme": acme}),
            runtime.issuer,
            runtime.registrar,
            journey,
            answer=Answer("code"),
            client=HERE,
        )


async def test_it_ends_in_a_session_or_in_a_code(runtime: Runtime, acme: Acme) -> None:
    arrived = await arrive(runtime, acme, begin(runtime))
    assert arrived.grant is not None
    assert arrived.code is None
    arrived = await arrive(runtime, acme, begin(runtime, challenge="x" * 43))
    assert arrived.grant is None
    assert arrived.code is not None


async def test_it_ends_once_even_for_many_at_once(runtime: Runtime, acme: Acme) -> None:
    await arrive(runtime, acme, begin(runtime))
    journey = begin(runtime)
    found = await asyncio.gather(
        *(arrive(runtime, acme, journey) for _ in range(10)), return_exceptions=True
    )
    assert sum(isinstance(one, Arrived) for one in found) == 1
    assert sum(isinstance(one, SignInRefused) for one in found) == 9


async def test_newcomers_at_once_are_one_account(runtime: Runtime, acme: Acme) -> None:
    found = await asyncio.gather(
        *(arrive(runtime, acme, begin(runtime)) for _ in range(5)), return_exceptions=True
    )
    assert {type(one) for one in found} <= {Arrived, AccountExists}
    assert len(await entries(runtime, Action.REGISTERED)) == 1


@pytest.mark.parametrize("refusal", [SignInRefused("no"), Unavailable("away")])
async def test_a_refusal_is_noted(
    runtime: Runtime, acme: Acme, refusal: SignInRefused | Unavailable
) -> None:
    acme.proves = refusal
    with pytest.raises(type(refusal)):
        await arrive(runtime, acme, begin(runtime))
    (entry,) = await entries(runtime, Action.SIGN_IN_FAILED)
    assert entry.details == {"provider": "acme", "reason": refusal.code}
    assert entry.address == HERE.address


async def test_while_a_provider_takes_its_time_nothing_is_held(
    runtime: Runtime, acme: Acme, alice: SignedIn
) -> None:
    acme.may_answer.clear()
    waiting = [asyncio.create_task(arrive(runtime, acme, begin(runtime))) for _ in range(50)]
    await acme.asked.wait()
    async with asyncio.timeout(10):
        assert (await alice.patch("/api/auth/me", json={"name": "A"})).status_code == 200
    acme.proves = SignInRefused("enough")
    acme.may_answer.set()
    found = await asyncio.gather(*waiting, return_exceptions=True)
    assert {type(one) for one in found} == {SignInRefused}


async def test_a_journey_that_ended_in_a_refusal_has_ended_too(
    runtime: Runtime, acme: Acme
) -> None:
    journey = begin(runtime)
    acme.proves = Unavailable("away")
    with pytest.raises(Unavailable):
        await arrive(runtime, acme, journey)
    acme.asked.clear()
    with pytest.raises(SignInRefused):
        await arrive(runtime, acme, journey)
    # So one journey is one request to the provider, whatever a browser makes up.
    assert not acme.asked.is_set()


async def test_what_was_made_before_a_refusal_is_not_kept(
    runtime: Runtime, acme: Acme, alice: SignedIn
) -> None:
    acme.proves = ProvedIdentity("https://id.example", "1", "alice@example.com", None)
    with pytest.raises(AccountExists):
        await arrive(runtime, acme, begin(runtime))
    (entry,) = await entries(runtime, Action.SIGN_IN_FAILED)
    assert entry.details["reason"] == "account_exists"
