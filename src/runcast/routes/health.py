"""Is it alive, and may it be sent requests."""

from fastapi import APIRouter

from runcast.dependencies import Parts
from runcast.errors import Unavailable
from runcast.routes.problems import responses
from runcast.schemas.health import Health

router = APIRouter(prefix="/health", tags=["health"])


@router.get("/live")
async def live() -> Health:
    """Answer as soon as the event loop turns."""
    return Health(status="ok")


@router.get("/ready", responses=responses(Unavailable))
async def ready(runtime: Parts) -> Health:
    """Answer once the database does, and until the server begins to drain or to stop."""
    runtime.guard.check_ready()
    await runtime.database_check.check()
    return Health(status="ok")
