"""Which rows a pick means, asked of PostgreSQL: locked as they are found, passing by what others hold."""

from collections import Counter
from datetime import datetime
from typing import Any

from runcast.services.event_log.jobs import Abandoned, Due, HeldBy, Overdue, Pick
from runcast.services.event_log.postgres_statements import COLUMNS

_LOCKED = "FOR NO KEY UPDATE SKIP LOCKED"
_IS_DUE = (
    "state = 'queued' AND wake_at IS NULL AND handler = {handler} "
    "AND (handler_version IS NULL OR handler_version = {version})"
)
_ORDER = "ORDER BY priority DESC, run_at, id"
# Which handlers the most urgent are of: each looks at its own part of the index and no further.
_SHARES = (
    "SELECT due.handler FROM unnest($1::text[], $2::text[]) AS k (handler, version), LATERAL "  # noqa: S608 - constants only
    "(SELECT handler, priority, run_at, id FROM executions "
    f"WHERE {_IS_DUE.format(handler='k.handler', version='k.version')} {_ORDER} LIMIT $3) AS due "
    f"{_ORDER} LIMIT $3"
)
_DUE = (
    f"SELECT {COLUMNS} FROM executions WHERE {_IS_DUE.format(handler='$1', version='$2')} "  # noqa: S608 - constants only
    f"{_ORDER} LIMIT $3 {_LOCKED}"
)
_OVERDUE = (
    f"SELECT {COLUMNS} FROM executions WHERE wake_at <= $1 ORDER BY wake_at LIMIT $2 {_LOCKED}"  # noqa: S608 - constants only
)
_ABANDONED = (
    f"SELECT {COLUMNS} FROM executions AS e WHERE state = 'running' AND NOT EXISTS "  # noqa: S608 - constants only
    "(SELECT 1 FROM workers AS w WHERE w.id = e.worker_id AND w.seen_at > $1) "
    f"LIMIT $2 {_LOCKED}"
)
_HELD_BY = (
    f"SELECT {COLUMNS} FROM executions WHERE state = 'running' AND worker_id = $1 "  # noqa: S608 - constants only
    f"AND NOT (id = ANY($2::uuid[])) {_LOCKED}"
)


async def pick(connection: Any, picked: Pick, now: datetime) -> list[Any]:
    """Return records of the rows, locked, in the order in which they are to be changed."""
    match picked:
        case Due(kinds, limit):
            return await _due(connection, kinds, limit)
        case Overdue(limit):
            found = await connection.fetch(_OVERDUE, now, limit)
        case Abandoned(silent_since, limit):
            since = now if silent_since is None else silent_since
            found = await connection.fetch(_ABANDONED, since, limit)
        case HeldBy(worker_id, known):
            found = await connection.fetch(_HELD_BY, worker_id, list(known))
    return list(found)


async def _due(connection: Any, kinds: tuple[tuple[str, str | None], ...], limit: int) -> list[Any]:
    found: list[Any] = []
    for (handler, version), share in (await _shares(connection, kinds, limit)).items():
        found += await connection.fetch(_DUE, handler, version, share)
    return found


async def _shares(
    connection: Any, kinds: tuple[tuple[str, str | None], ...], limit: int
) -> dict[tuple[str, str | None], int]:
    """Return of how many of each handler the most urgent consist; of one handler nothing is asked."""
    if len(kinds) == 1:
        return {kinds[0]: limit}
    handlers, versions = [name for name, _ in kinds], [version for _, version in kinds]
    versions_of = dict(kinds)
    urgent = await connection.fetch(_SHARES, handlers, versions, limit)
    counted = Counter(record["handler"] for record in urgent)
    return {(handler, versions_of[handler]): share for handler, share in counted.items()}
