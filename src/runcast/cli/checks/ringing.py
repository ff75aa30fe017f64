"""Whether Redis answers: nothing fails while it is away, so that nothing else says so."""

import asyncio

from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

from runcast.cli.checks.findings import Finding, ok, warning
from runcast.settings import Settings

ANSWER_SECONDS = 2.0


async def check(settings: Settings) -> list[Finding]:
    """Return whether Redis answers; nothing where none is configured."""
    if settings.redis_url is None:
        return []
    about, url = "RUNCAST_REDIS_URL", settings.redis_url.get_secret_value()
    try:
        await asyncio.to_thread(_ping, url)
    except (RedisError, OSError, TypeError, ValueError) as error:
        advice = "is it running, and reached from here? Until then news takes up to a second"
        return [warning(about, f"it does not answer: {_reason(error)}", advice)]
    return [ok(about, "it answers")]


def _ping(url: str) -> None:
    with Redis.from_url(
        url,
        retry=Retry(NoBackoff(), 0),
        socket_connect_timeout=ANSWER_SECONDS,
        socket_timeout=ANSWER_SECONDS,
    ) as client:
        client.ping()


def _reason(error: Exception) -> str:
    return str(error) or type(error).__name__
