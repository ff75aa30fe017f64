"""What can run here."""

from datetime import timedelta

from runcast.dependencies import ExecutionReader, Parts, Unit
from runcast.errors import Unauthenticated
from runcast.routes.problems import responses
from runcast.routes.strict_route import router as strict_router
from runcast.schemas.handlers import Handler
from runcast.schemas.pages import Page
from runcast.services import handlers

router = strict_router("", "handlers")


@router.get("/handlers", responses=responses(Unauthenticated))
async def list_handlers(_user: ExecutionReader, runtime: Parts, uow: Unit) -> Page[Handler]:
    """List the handlers that were ever announced, with the JSON Schema of their input."""
    lease = timedelta(seconds=runtime.settings.lease_seconds)
    views = await handlers.list_all(uow, runtime.clock.now(), lease)
    return Page(items=[Handler.model_validate(view) for view in views], next_cursor=None)
