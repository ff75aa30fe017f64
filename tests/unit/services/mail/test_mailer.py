"""Letters on their way: sent after the commit, tried again, bounded, given up, and not in the log."""

import asyncio
import logging
from dataclasses import replace

import pytest

from runcast.database import Database, UnitOfWork
from runcast.services.mail.mailer import Letter, Mailer, NotDelivered

LETTER = Letter("reset", "ada@example.com", "a subject", "https://x/#reset=rco_secret")
INVITATION = replace(LETTER, kind="invitation", can_wait=True)


class Carrier:
    """Refuses as often as it is told to, then takes everything."""

    def __init__(self, *refusals: Exception) -> None:
        self.refusals = list(refusals)
        self.taken: list[Letter] = []
        self.may_go_on = asyncio.Event()
        self.may_go_on.set()

    async def deliver(self, letter: Letter) -> None:
        await self.may_go_on.wait()
        if self.refusals:
            raise self.refusals.pop(0)
        self.taken.append(letter)


class Gate(Carrier):
    """Holds invitations back, and takes everything else; `urgent` is set when thirty were taken."""

    def __init__(self) -> None:
        super().__init__()
        self.may_go_on.clear()
        self.urgent = asyncio.Event()

    async def deliver(self, letter: Letter) -> None:
        if letter.can_wait:
            await self.may_go_on.wait()
        self.taken.append(letter)
        if len(self.taken) == 30:
            self.urgent.set()


async def send(mailer: Mailer, database: Database, count: int = 1, letter: Letter = LETTER) -> None:
    """Send letters in one unit."""
    async with UnitOfWork(database) as uow:
        for _ in range(count):
            mailer.send(uow, letter)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
class TestMailer:
    async def test_a_letter_leaves_after_the_commit(self, database: Database) -> None:
        carrier = Carrier()
        mailer = Mailer(carrier)
        async with UnitOfWork(database) as uow:
            mailer.send(uow, LETTER)
            await mailer.settled()
            assert carrier.taken == []
        await mailer.settled()
        assert carrier.taken == [LETTER]

    async def test_what_is_rolled_back_sends_nothing(self, database: Database) -> None:
        carrier = Carrier()
        mailer = Mailer(carrier)
        uow = UnitOfWork(database)
        mailer.send(uow, LETTER)
        await uow.__aexit__(RuntimeError, RuntimeError(), None)
        await mailer.settled()
        assert carrier.taken == []

    async def test_without_a_carrier_nothing_is_sent(self, database: Database) -> None:
        mailer = Mailer(None)
        assert not mailer.is_configured
        await send(mailer, database)
        await mailer.settled()

    async def test_a_letter_that_is_not_taken_is_tried_again(self, database: Database) -> None:
        carrier = Carrier(NotDelivered("busy"), NotDelivered("busy"))
        mailer = Mailer(carrier, waits=(0, 0, 0))
        await send(mailer, database)
        await mailer.settled()
        assert carrier.taken == [LETTER]

    async def test_it_is_given_up_in_the_end(
        self, database: Database, caplog: pytest.LogCaptureFixture
    ) -> None:
        carrier = Carrier(*[NotDelivered("busy")] * 3)
        mailer = Mailer(carrier, waits=(0, 0))
        await send(mailer, database)
        await mailer.settled()
        assert (len(carrier.refusals), carrier.taken) == (1, [])
        assert caplog.records[-1].levelno == logging.ERROR
        assert "given up: reset" in caplog.messages[-1]

    async def test_what_is_refused_for_good_is_not_tried_again(
        self, database: Database, caplog: pytest.LogCaptureFixture
    ) -> None:
        carrier = Carrier(NotDelivered("no such person", for_good=True))
        mailer = Mailer(carrier, waits=(0, 0))
        await send(mailer, database)
        await mailer.settled()
        assert carrier.taken == []
        assert "given up" in caplog.text

    async def test_a_carrier_that_crashes_is_not_shown_with_the_letter(
        self, database: Database, caplog: pytest.LogCaptureFixture
    ) -> None:
        mailer = Mailer(Carrier(KeyError("rco_secret")), waits=(0, 0))
        await send(mailer, database)
        await mailer.settled()
        assert "KeyError" in caplog.text
        assert "rco_secret" not in caplog.text

    async def test_no_more_letters_wait_than_there_is_room_for(
        self, database: Database, caplog: pytest.LogCaptureFixture
    ) -> None:
        carrier = Carrier()
        carrier.may_go_on.clear()
        mailer = Mailer(carrier, room=10)
        await send(mailer, database, 12)
        carrier.may_go_on.set()
        await mailer.settled()
        assert len(carrier.taken) == 10
        assert caplog.text.count("dropped: reset") == 2

    async def test_a_flood_of_invitations_leaves_room_and_way_for_what_people_wait_for(
        self, database: Database, caplog: pytest.LogCaptureFixture
    ) -> None:
        carrier = Gate()
        mailer = Mailer(carrier, room=40)
        await send(mailer, database, 50, INVITATION)
        assert caplog.text.count("dropped: invitation") == 40
        await send(mailer, database, 30)
        assert "dropped: reset" not in caplog.text
        await carrier.urgent.wait()
        assert carrier.taken == [LETTER] * 30
        carrier.may_go_on.set()
        await mailer.settled()
        assert len(carrier.taken) == 40

    async def test_stopping_waits_for_what_is_under_way(self, database: Database) -> None:
        carrier = Carrier()
        mailer = Mailer(carrier)
        await send(mailer, database, 3)
        await mailer.stop()
        assert len(carrier.taken) == 3
        await mailer.stop()

    async def test_stopping_does_not_wait_for_ever(
        self, database: Database, caplog: pytest.LogCaptureFixture
    ) -> None:
        carrier = Carrier()
        carrier.may_go_on.clear()
        mailer = Mailer(carrier, stop_seconds=0.01)
        await send(mailer, database, 2)
        await mailer.stop()
        assert "2 letters were not sent" in caplog.text


def test_who_prints_a_letter_prints_neither_its_address_nor_its_text() -> None:
    assert repr(LETTER) == "Letter(kind='reset')"
