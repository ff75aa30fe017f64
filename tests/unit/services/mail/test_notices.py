"""Telling people what was done to their account."""

from uuid import UUID

import pytest

from runcast.database import UnitOfWork
from runcast.runtime import Runtime
from runcast.services.mail import notices
from runcast.services.mail.mailer import Letter, Mailer
from runcast.services.mail.notices import Notice
from tests.tools.people import SignedIn


class Carrier:
    """Takes everything."""

    def __init__(self) -> None:
        self.taken: list[Letter] = []

    async def deliver(self, letter: Letter) -> None:
        self.taken.append(letter)


async def test_a_person_is_told_once_it_is_committed(runtime: Runtime, alice: SignedIn) -> None:
    carrier = Carrier()
    mailer = Mailer(carrier, "https://runs.example.com")
    async with UnitOfWork(runtime.database) as uow:
        await notices.send(uow, runtime.clock, mailer, UUID(alice.user["id"]), Notice.FACTOR_ADDED)
    await mailer.settled()
    assert [letter.to for letter in carrier.taken] == ["alice@example.com"]
    assert "second factor" in carrier.taken[0].text


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_who_has_no_address_is_told_nothing(runtime: Runtime) -> None:
    carrier = Carrier()
    mailer = Mailer(carrier)
    assert runtime.local_access is not None
    async with UnitOfWork(runtime.database) as uow:
        for user_id in (runtime.local_access.user_id, runtime.ids.new()):
            await notices.send(uow, runtime.clock, mailer, user_id, Notice.FACTOR_ADDED)
    await mailer.settled()
    assert carrier.taken == []
