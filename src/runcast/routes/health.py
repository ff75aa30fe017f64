"""Is it alive, and may it be sent requests."""

from fastapi import APIRouter

from runcast.dependencies import Parts
from runcast.errors import Unavailable
from runcast.routes.operation_ids import operation_id
from runcast.routes.problems import responses
from runcast.schemas.health import Health

router = APIRouter(prefix="/health", tags=["health"], generate_unique_id_function=operation_id)


@router.get("/live")
async def check_live() -> Health:
    """Answer as soon as the event loop turns."""
    return Health(status="ok")


@router.get("/ready", responses=responses(Unavailable))
async def check_ready(runtime: Parts) -> Health:
    """Answer once the database does, and until the server begins to drain or to stop."""
    runtime.guard.check_ready()
    await runtime.database_check.check()
    return Health(status="ok")
