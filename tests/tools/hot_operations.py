"""What is asked of a database all the time, each as one call, on the rows of `many_rows`."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy import update

from runcast.database import Database, UnitOfWork
from runcast.lifecycle import State
from runcast.models import Execution
from runcast.services import executions, pruning, questions, queues, samples, workers
from runcast.services.event_log import LogReader
from runcast.services.event_log.jobs import Abandoned, Due, HeldBy, Overdue, Pick, Select
from runcast.services.event_log.stores import store_of
from runcast.services.event_log.units import claim, recover, wake
from runcast.services.executions import Filters
from runcast.services.pages import Cursors
from runcast.services.principals import Principal
from runcast.services.samples import Whose
from tests.tools.many_rows import ALIVE, OWNERS, QUEUED, RUNNING, TEAM

Operation = Callable[[Database], Awaitable[Any]]
HEADS = [UUID(int=number) for number in range(1, 1001)]
_LONG_AGO = datetime(1970, 1, 2, tzinfo=UTC)
ENDED_LONG_AGO = timedelta(days=182)
_ADA = Principal(OWNERS[0], "", "", is_admin=False, session_id=None, expires_at=None)
_OWNER_OF_ALL = replace(_ADA, is_admin=True)
_CURSORS = Cursors(b"a secret of the tests, long enough to sign with")


async def _pick(database: Database, *, pick: Callable[[datetime], Pick], change: Any) -> int:
    now = datetime.now(UTC)
    group = await store_of(database).carry([Select(pick(now), change)], now, patient=False)
    return len(group.outcomes[0])


async def _list(database: Database, **filters: Any) -> int:
    """Read two pages, the second by the cursor of the first."""
    async with UnitOfWork(database) as uow:
        own = partial(executions.list_own, uow, _CURSORS, _ADA, Filters(**filters), limit=50)
        views, cursor = await own(cursor=None)
        more = (await own(cursor=cursor))[0] if cursor else []
        return len(views) + len(more)


async def _sample(database: Database, *, whose: Whose, handler: str | None = None) -> int:
    return len(await samples.NEWEST_OF_A_PERIOD.read(database, whose, handler))


async def _questions(database: Database) -> int:
    asked = UUID(int=QUEUED + 1)
    async with UnitOfWork(database) as uow:
        await uow.session.execute(
            update(Execution).where(Execution.id == asked).values(open_questions='["q"]')
        )
        return len(await questions.open_of(uow, asked, _OWNER_OF_ALL))


async def _heads(database: Database) -> int:
    return len(await LogReader(database).heads(HEADS))


async def _page(database: Database) -> int:
    execution_id = UUID(int=QUEUED + RUNNING + 20)
    return len((await LogReader(database).page(execution_id, 0, 1000)).events)


async def _batch(database: Database, *, remove: Any) -> Any:
    async with UnitOfWork(database) as uow:
        return await remove(uow, before=datetime.now(UTC) - ENDED_LONG_AGO)


async def _count(database: Database) -> Any:
    async with UnitOfWork(database) as uow:
        return await queues.count(uow)


def _due(*handlers: str) -> Callable[[datetime], Pick]:
    return lambda _now: Due(tuple((handler, None) for handler in handlers), 100)


_claim = partial(claim, worker_id=ALIVE)
_has_others = partial(workers.has_others, worker_id=ALIVE, known=frozenset())

OPERATIONS: dict[str, Operation] = {
    "claim 100": partial(_pick, pick=_due("work"), change=_claim),
    "claim 100 of two handlers": partial(_pick, pick=_due("work", "rare"), change=_claim),
    "claim what there is none of": partial(_pick, pick=_due("rare"), change=_claim),
    "find the next timer": workers.next_wake,
    "wake what is overdue": partial(_pick, pick=lambda _now: Overdue(500), change=wake),
    "take over from the silent": partial(
        _pick, pick=lambda now: Abandoned(now, 500), change=recover
    ),
    "look for claims unknown": _has_others,
    "return claims unknown": partial(
        _pick, pick=lambda _now: HeldBy(UUID(int=23), frozenset()), change=recover
    ),
    "list one's own": _list,
    "list one's own that succeeded": partial(_list, states=(State.SUCCEEDED,)),
    "list one's own that run": partial(_list, states=(State.RUNNING,)),
    "list one's own of a rare handler": partial(_list, handler="rare"),
    "list a team's": partial(_list, team_id=TEAM),
    "list a team's that run": partial(_list, team_id=TEAM, states=(State.RUNNING,)),
    "list a team's of a rare handler": partial(_list, team_id=TEAM, handler="rare"),
    "list the children of one": partial(_list, parent_id=UUID(int=1)),
    "list those of an item": partial(_list, item_id=UUID(int=1)),
    "list the retries of one": partial(_list, retry_of=UUID(int=1)),
    "list one's own, the oldest first": partial(_list, oldest_first=True),
    "list one's own of a day": partial(_list, since=_LONG_AGO, until=_LONG_AGO + timedelta(days=1)),
    "merge one's own that failed or were cancelled": partial(
        _list, states=(State.CANCELLED, State.FAILED)
    ),
    "sample one's own over a period": partial(_sample, whose=Whose(OWNERS[0])),
    "sample one's own of a rare handler": partial(_sample, whose=Whose(OWNERS[0]), handler="rare"),
    "sample a team's of a rare handler": partial(
        _sample, whose=Whose(OWNERS[0], TEAM), handler="rare"
    ),
    "find open questions": _questions,
    "compare 1,000 heads": _heads,
    "read a page of a log": _page,
    "count what is queued": _count,
    "cut 500 logs": partial(_batch, remove=pruning.shorten_logs),
    "remove 500 executions": partial(_batch, remove=pruning.remove_executions),
}
