"""Is it alive, and may it be sent requests."""

from fastapi import APIRouter

from runcast.dependencies import Parts, Unit
from runcast.errors import Unavailable
from runcast.routes.problems import responses
from runcast.schemas.health import Health
from runcast.services import health

router = APIRouter(prefix="/health", tags=["health"])


@router.get("/live")
async def live() -> Health:
    """Answer as soon as the event loop turns."""
    return Health(status="ok")


@router.get("/ready", responses=responses(Unavailable))
async def ready(uow: Unit, runtime: Parts) -> Health:
    """Answer once the database does, and until the server begins to drain or to stop."""
    runtime.guard.check_ready()
    await health.check_database(uow)
    return Health(status="ok")
