"""A journey is known to the browser that left, with its state, for its provider, for ten minutes."""

from datetime import timedelta
from uuid import uuid4

import pytest

from runcast.errors import SignInRefused
from runcast.services.providers import destinations
from runcast.services.providers.journeys import LIFETIME, Journey, Journeys
from tests.tools.clock import FakeClock

KEY = bytes(range(32))
URI = "http://127.0.0.1:8000/api/auth/oauth/acme/callback"


@pytest.fixture
def journeys(clock: FakeClock) -> Journeys:
    """Return what begins and opens them."""
    return Journeys(KEY, clock)


@pytest.fixture
def journey(journeys: Journeys) -> Journey:
    """Return one to acme."""
    destination = destinations.parse("/board", ())
    return journeys.begin(
        "acme", URI, destination, challenge="x" * 43, user_id=uuid4(), session_id=uuid4()
    )


def test_it_opens_as_it_was_sealed(journeys: Journeys, journey: Journey) -> None:
    sealed = journeys.seal(journey)
    assert journeys.open("acme", sealed, journey.departure.state) == journey
    assert journey.departure.verifier not in sealed


def test_a_plain_one_opens_too(journeys: Journeys) -> None:
    plain = journeys.begin("acme", URI, destinations.parse("/", ()))
    assert journeys.open("acme", journeys.seal(plain), plain.departure.state) == plain


def test_no_two_are_alike_and_their_secrets_are_long(journeys: Journeys) -> None:
    made = [journeys.begin("acme", URI, destinations.parse("/", ())).departure for _ in range(9)]
    texts = [text for one in made for text in (one.state, one.nonce, one.verifier)]
    assert len(set(texts)) == 27
    assert min(map(len, texts)) == 43


def test_only_a_program_makes_the_provider_ask(journeys: Journeys) -> None:
    program = destinations.parse("http://127.0.0.1:1/", ())
    assert journeys.begin("acme", URI, program).departure.interactive
    assert not journeys.begin("acme", URI, destinations.parse("/", ())).departure.interactive


@pytest.mark.parametrize("state", [None, "", "another", "é", "\ud800"])
def test_another_state_opens_nothing(
    journeys: Journeys, journey: Journey, state: str | None
) -> None:
    with pytest.raises(SignInRefused):
        journeys.open("acme", journeys.seal(journey), state)


def test_another_provider_or_key_opens_nothing(
    journeys: Journeys, journey: Journey, clock: FakeClock
) -> None:
    sealed, state = journeys.seal(journey), journey.departure.state
    for other, name in ((journeys, "evil"), (Journeys(KEY[::-1], clock), "acme")):
        with pytest.raises(SignInRefused):
            other.open(name, sealed, state)


@pytest.mark.parametrize("sealed", [None, "", "x", "é", "A" * 100, "A" * 9000, "=", "\ud800"])
def test_what_nobody_sealed_opens_nothing(journeys: Journeys, sealed: str | None) -> None:
    with pytest.raises(SignInRefused):
        journeys.open("acme", sealed, "a state")


def test_it_ends_after_ten_minutes(journeys: Journeys, journey: Journey, clock: FakeClock) -> None:
    sealed, state = journeys.seal(journey), journey.departure.state
    clock.advance((LIFETIME - timedelta(seconds=1)).total_seconds())
    assert journeys.open("acme", sealed, state) == journey
    clock.advance(1)
    with pytest.raises(SignInRefused):
        journeys.open("acme", sealed, state)
