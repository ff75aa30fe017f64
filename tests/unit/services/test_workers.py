"""Workers below HTTP: who is known, who has what, and which timers come next."""

from datetime import timedelta
from uuid import uuid4

from runcast.database import Database, UnitOfWork
from runcast.services import workers
from runcast.services.event_log.jobs import Due, Select
from runcast.services.event_log.stores import store_of
from runcast.services.event_log.units import claim
from runcast.services.workers import WorkerView
from tests.tools.event_logs import start
from tests.tools.rows import MOMENT, add_user, add_worker


async def test_a_worker_that_registers_again_is_the_same(database: Database) -> None:
    first = WorkerView(uuid4(), "here:1", 5, MOMENT, MOMENT, (("a", None), ("b", "v1")))
    later = MOMENT + timedelta(seconds=1)
    again = WorkerView(first.id, "here:1", 5, MOMENT, later, (("a", "v2"), ("b", "v1")))
    for view in (first, again):
        async with UnitOfWork(database) as uow:
            await workers.register(uow, view)
    async with UnitOfWork(database) as uow:
        assert await workers.list_all(uow) == [again]


async def test_a_sign_of_life_of_somebody_unknown_is_told(database: Database) -> None:
    async with UnitOfWork(database) as uow:
        assert not await workers.beat(uow, uuid4(), MOMENT)


async def test_a_sign_of_life_is_kept(database: Database) -> None:
    await add_worker(database, worker_id := uuid4(), seen_at=MOMENT)
    later = MOMENT + timedelta(seconds=1)
    async with UnitOfWork(database) as uow:
        assert await workers.beat(uow, worker_id, later)
    async with UnitOfWork(database) as uow:
        assert [view.seen_at for view in await workers.list_all(uow)] == [later]


async def test_the_next_timer_is_the_earliest(database: Database) -> None:
    assert await workers.next_wake(database) is None
    owner = await add_user(database)
    units = [start(owner, run_at=MOMENT + timedelta(hours=hours)) for hours in (3, 1, 2)]
    await store_of(database).carry([*units, start(owner)], MOMENT, patient=False)
    assert await workers.next_wake(database) == MOMENT + timedelta(hours=1)


async def test_a_worker_finds_what_runs_in_its_name_unknown_to_it(database: Database) -> None:
    unit, worker_id = start(await add_user(database)), uuid4()
    store = store_of(database)
    await store.carry([unit], MOMENT, patient=False)
    pick = Select(Due((("work", None),), 9), lambda draft: claim(draft, worker_id))
    await store.carry([pick], MOMENT, patient=False)
    assert await workers.has_others(database, worker_id, frozenset())
    assert not await workers.has_others(database, worker_id, frozenset({unit.execution_id}))
    assert not await workers.has_others(database, uuid4(), frozenset())
