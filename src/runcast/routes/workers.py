"""The processes that run executions: for administrators, because it tells of machines."""

from datetime import timedelta

from runcast.dependencies import ExecutionReader, Parts, Unit
from runcast.errors import Forbidden, Unauthenticated
from runcast.routes.problems import responses
from runcast.routes.strict_route import router as strict_router
from runcast.schemas.pages import Page
from runcast.schemas.workers import Worker, WorkerHandler
from runcast.services import workers
from runcast.services.workers import WorkerStanding

router = strict_router("", "workers")


@router.get("/workers", responses=responses(Unauthenticated, Forbidden))
async def list_workers(user: ExecutionReader, runtime: Parts, uow: Unit) -> Page[Worker]:
    """List the processes that claim executions, and those that were lost within a day."""
    if not user.is_admin:
        raise Forbidden("workers are shown to administrators")
    lease = timedelta(seconds=runtime.settings.lease_seconds)
    found = await workers.standings(uow, runtime.clock.now(), lease)
    return Page(items=[_out(standing) for standing in found], next_cursor=None)


def _out(standing: WorkerStanding) -> Worker:
    worker = standing.worker
    return Worker(
        id=worker.id,
        name=worker.name,
        version=worker.version,
        concurrency=worker.concurrency,
        running=standing.running,
        handlers=[WorkerHandler(name=name, version=version) for name, version in worker.kinds],
        started_at=worker.started_at,
        seen_at=worker.seen_at,
        live=standing.live,
    )
