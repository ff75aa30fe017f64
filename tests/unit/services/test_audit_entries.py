"""What the ids in entries of the audit log are called: what they say besides has no name, and asks for none."""

from dataclasses import replace
from uuid import UUID, uuid4

import pytest

from runcast.clock import SystemClock
from runcast.database import Database, UnitOfWork
from runcast.models import Team, User
from runcast.services.audit_entries import Entry, named
from tests.tools.clock import FakeClock
from tests.tools.plans import record, record_sessions

ADA, CREW = UUID(int=1), UUID(int=2)
ENTRY = Entry(
    id=UUID(int=9),
    at=SystemClock().now(),
    action="x",
    user_id=None,
    session_id=None,
    key_id=None,
    address="",
    user_agent="",
    subject=None,
    details={},
)


@pytest.fixture(autouse=True)
async def known(database: Database, clock: FakeClock) -> None:
    """Make a person and a team."""
    now = clock.now()
    email = "ada@example.com"
    async with UnitOfWork(database) as uow:
        uow.session.add(User(id=ADA, email=email, email_key=email, name="Ada", created_at=now))
        uow.session.add(Team(id=CREW, name="Crew", created_at=now))


async def names(database: Database, entry: Entry) -> dict[UUID, str]:
    """Return what the ids of the entry are called."""
    async with UnitOfWork(database) as uow:
        (found,) = await named(uow, [entry])
    return found.names


async def test_actor_subject_and_details_are_named(database: Database) -> None:
    entry = replace(ENTRY, user_id=ADA, subject=f"team {CREW}", details={"member": str(ADA)})
    assert await names(database, entry) == {ADA: "ada@example.com", CREW: "Crew"}
    invited = replace(ENTRY, details={"team": str(CREW), "role": "viewer"})
    assert await names(database, invited) == {CREW: "Crew"}


@pytest.mark.parametrize(
    "entry",
    [
        ENTRY,
        replace(ENTRY, user_id=uuid4(), key_id=uuid4(), subject=f"item {uuid4()}"),
        replace(ENTRY, subject="signing_key x1"),
        replace(ENTRY, subject="user"),
        replace(ENTRY, subject=f"nothing {ADA}", details={"team": None, "other": str(ADA)}),
        # What has the noun of another thing is not that thing.
        replace(ENTRY, subject=f"team {ADA}"),
    ],
)
async def test_what_is_gone_or_is_no_id_has_no_name(database: Database, entry: Entry) -> None:
    assert await names(database, entry) == {}


async def test_many_entries_cost_a_statement_for_each_noun(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    entries = [replace(ENTRY, user_id=ADA, subject=f"team {CREW}")] * 50
    asked = record(monkeypatch)
    record_sessions(database, asked)
    with asked.listen() as statements:
        async with UnitOfWork(database) as uow:
            assert len(await named(uow, entries)) == 50
    assert len(statements) == 2
