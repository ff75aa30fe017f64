"""What Prometheus scrapes."""

import hmac
import logging
from typing import Any

from fastapi import APIRouter, Depends, Request, Response
from fastapi.security.utils import get_authorization_scheme_param

from runcast.dependencies import Parts
from runcast.errors import Forbidden, NotFound, Unauthenticated
from runcast.routes.operation_ids import operation_id
from runcast.routes.problems import responses
from runcast.runtime import Runtime

logger = logging.getLogger(__name__)
router = APIRouter(tags=["health"], generate_unique_id_function=operation_id)
MEDIA_TYPE = "text/plain; version=1.0.0; charset=utf-8"
TEXT: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "Metrics in Prometheus's text format",
        "content": {"text/plain": {"schema": {"type": "string"}}},
    }
}


async def check_scraper(request: Request, runtime: Parts) -> None:
    """Let pass who may read metrics, by `RUNCAST_METRICS`.

    Raises:
        NotFound: they are off.
        Unauthenticated, InvalidToken: no good credential.
        Forbidden: no administrator's.
    """
    if runtime.settings.metrics == "off":
        raise NotFound("metrics are off")
    if runtime.settings.metrics == "open":
        return
    scheme, token = get_authorization_scheme_param(request.headers.get("authorization"))
    if scheme.lower() != "bearer" or not token:
        raise Unauthenticated
    if _is_scrapers(runtime, token):
        return
    if not (await runtime.credentials.principal(token)).is_admin:
        raise Forbidden("metrics are for administrators")


@router.get(
    "/metrics",
    response_class=Response,
    responses={**TEXT, **responses(Unauthenticated, Forbidden, NotFound)},
    dependencies=[Depends(check_scraper)],
)
async def get_metrics(runtime: Parts) -> Response:
    """Answer with the metrics of this process, and the depth of the queues in its database."""
    up = await _look_at_queues(runtime)
    runtime.metrics.database_up.set(up)
    return Response(runtime.metrics.text(), media_type=MEDIA_TYPE)


async def _look_at_queues(runtime: Runtime) -> bool:
    try:
        await runtime.queue_counts.answer()
    except Exception:
        # What this process knows by itself is wanted most when its database is away.
        logger.warning("the queues cannot be counted", exc_info=True)
        return False
    return True


def _is_scrapers(runtime: Runtime, token: str) -> bool:
    ours = runtime.settings.metrics_token
    return ours is not None and hmac.compare_digest(
        token.encode(), ours.get_secret_value().encode()
    )
