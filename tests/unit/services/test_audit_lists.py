"""Pages of the audit log: entries of one moment come once, and each page is found in one index."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from runcast.database import Database, UnitOfWork
from runcast.ids import TimeOrderedIds
from runcast.services import audit_lists
from runcast.services.audit import Action, Actor, Audit
from runcast.services.audit_lists import AuditFilters
from runcast.services.pages import Cursors
from tests.tools.clock import FakeClock
from tests.tools.people import HERE
from tests.tools.plans import plans, record, record_sessions
from tests.tools.rows import as_another_process

CURSORS = Cursors(b"a secret of the tests, long enough to sign with")
ADA = UUID(int=1)
KEY = "key 1"


async def note(database: Database, clock: FakeClock, count: int, **more: Any) -> None:
    """Note so many acts of one moment."""
    audit = Audit(clock, TimeOrderedIds())
    async with UnitOfWork(database) as uow:
        for _ in range(count):
            await audit.note(uow, Action.KEY_MADE, Actor(HERE), **more)


async def test_acts_of_one_moment_are_on_one_page_each(
    database: Database, clock: FakeClock
) -> None:
    await note(database, clock, 3)
    clock.advance(1)
    await note(database, clock, 4)
    seen, cursor = [], None
    for _ in range(4):
        async with UnitOfWork(database) as uow:
            page, cursor = await audit_lists.page(
                uow, CURSORS, AuditFilters(), limit=2, cursor=cursor
            )
        seen += page
    assert cursor is None
    assert len({entry.id for entry in seen}) == 7
    assert [entry.at for entry in seen] == sorted((e.at for e in seen), reverse=True)


async def test_since_counts_itself_and_until_does_not(database: Database, clock: FakeClock) -> None:
    first = clock.now()
    for _ in range(3):
        await note(database, clock, 1, subject=KEY)
        clock.advance(1)
    filters = AuditFilters(since=first, until=first + timedelta(seconds=2), subject=KEY)
    async with UnitOfWork(database) as uow:
        page, _ = await audit_lists.page(uow, CURSORS, filters, limit=9, cursor=None)
    assert [(entry.at - first).total_seconds() for entry in page] == [1.0, 0.0]


@pytest.mark.parametrize(
    ("filters", "index"),
    [
        (AuditFilters(), "ix_runcast_audit_at_id"),
        (AuditFilters(action="key.made"), "ix_runcast_audit_action_at_id"),
        (AuditFilters(action="key.made", user_id=ADA), "ix_runcast_audit_user_id_at_id"),
        (AuditFilters(user_id=ADA, subject=KEY), "ix_runcast_audit_subject_at_id"),
    ],
)
async def test_a_page_is_found_in_an_index_in_its_order(
    database: Database,
    clock: FakeClock,
    monkeypatch: pytest.MonkeyPatch,
    filters: AuditFilters,
    index: str,
) -> None:
    await note(database, clock, 500, user_id=ADA, subject=KEY)
    as_another_process(database, "ANALYZE runcast_audit")
    asked = record(monkeypatch)
    record_sessions(database, asked)
    with asked.listen() as statements:
        async with UnitOfWork(database) as uow:
            _, cursor = await audit_lists.page(uow, CURSORS, filters, limit=5, cursor=None)
            await audit_lists.page(uow, CURSORS, filters, limit=5, cursor=cursor)
    pages = [asked for asked in statements if "FROM runcast_audit" in asked[0]]
    for plan in await plans(database, pages):
        assert plan.uses(index), plan.steps
        assert not plan.sorts, plan.steps


async def test_what_concerns_one_person_is_found_by_both_indexes_and_no_walk(
    database: Database, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(1, 41):
        whose = UUID(int=number)
        await note(database, clock, 25, user_id=whose)
        await note(database, clock, 25, subject=f"user {whose}")
    as_another_process(database, "ANALYZE runcast_audit")
    asked = record(monkeypatch)
    record_sessions(database, asked)
    with asked.listen() as statements:
        async with UnitOfWork(database) as uow:
            found, cursor = await audit_lists.of_one(uow, CURSORS, ADA, limit=5, cursor=None)
            await audit_lists.of_one(uow, CURSORS, ADA, limit=5, cursor=cursor)
    assert len(found) == 5
    for plan in await plans(database, statements):
        assert plan.uses("ix_runcast_audit_user_id_at_id"), plan.steps
        assert plan.uses("ix_runcast_audit_subject_at_id"), plan.steps
        assert not plan.walks("runcast_audit"), plan.steps
