"""The rows of the keys that sign, sealed: read, begun, added to, replaced, removed.

A row that another secret sealed is left alone: whoever has that secret may be at work beside us.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import CursorResult, delete, insert, literal, select

from runcast.database import Database, UnitOfWork
from runcast.database.prepared_reads import PreparedRead
from runcast.database.turns import take_turn
from runcast.models import SigningKey
from runcast.services.sealing import NotOpened, Sealer
from runcast.services.signing.signing_keys import Key, Keys, Standing, generate, of_seed

# A key is published so long before it signs: every process has read it by then, and so has whoever
# keeps the published ones for as long as their answer allows.
LEAD = timedelta(hours=1)
_WORK = int.from_bytes(b"keys")
_ROWS = PreparedRead(
    select(SigningKey.kid, SigningKey.sealed, SigningKey.created_at, SigningKey.signs_from)
)


@dataclass(frozen=True, slots=True)
class Loaded:
    """What the rows hold: the keys that this secret opens, and the ids of all.

    Attributes:
        unopened: from when on those sign that are sealed with another secret.
    """

    keys: tuple[Key, ...]
    kids: frozenset[str]
    unopened: tuple[datetime, ...]


async def load(database: Database, sealer: Sealer) -> Loaded:
    """Return all keys.

    Raises:
        runcast.database.failures.DRIVER_ERRORS: the database does not answer.
    """
    rows = await database.fetch(_ROWS)
    opened = [_opened(sealer, *row) for row in rows]
    return Loaded(
        keys=tuple(key for key in opened if key),
        kids=frozenset(row[0] for row in rows),
        unopened=tuple(row[-1] for row, key in zip(rows, opened, strict=True) if key is None),
    )


async def add(uow: UnitOfWork, sealer: Sealer, key: Key, *, beside: Collection[str]) -> bool:
    """Add a key, unless there is any besides these ids, or another process adds one at this moment."""
    if not await take_turn(uow.session, _WORK):
        return False
    values = _values(sealer, key)
    unchanged = ~select(SigningKey.kid).where(SigningKey.kid.not_in(beside)).exists()
    columns = [literal(value, SigningKey.__table__.c[name].type) for name, value in values.items()]
    statement = insert(SigningKey).from_select(list(values), select(*columns).where(unchanged))
    connection = await uow.session.connection()
    done: CursorResult[Any] = await connection.execute(statement)
    return done.rowcount > 0


async def replace(uow: UnitOfWork, sealer: Sealer, key: Key, replaced: Iterable[Key]) -> None:
    """Let a key stand in for others, by which nothing verifies from now on."""
    await remove(uow, replaced)
    connection = await uow.session.connection()
    await connection.execute(insert(SigningKey).values(_values(sealer, key)))


async def remove(uow: UnitOfWork, keys: Iterable[Key]) -> None:
    """Remove keys."""
    kids = [key.kid for key in keys]
    connection = await uow.session.connection()
    await connection.execute(delete(SigningKey).where(SigningKey.kid.in_(kids)))


def successor(keys: Keys, now: datetime, period: timedelta) -> Key | None:
    """Return a new key to be published now, if it is time for one."""
    due = keys.active(now).signs_from + period
    if keys.of(now, Standing.NEXT) or now < due - LEAD:
        return None
    return generate(created_at=now, signs_from=max(due, now + LEAD))


def _opened(
    sealer: Sealer, kid: str, sealed: bytes, created_at: datetime, signs_from: datetime
) -> Key | None:
    try:
        seed = sealer.open(sealed, _place(kid))
    except NotOpened:
        return None
    return of_seed(seed, created_at=created_at, signs_from=signs_from)


def _values(sealer: Sealer, key: Key) -> dict[str, Any]:
    return {
        "kid": key.kid,
        "sealed": sealer.seal(key.seed, _place(key.kid)),
        "created_at": key.created_at,
        "signs_from": key.signs_from,
    }


def _place(kid: str) -> str:
    return f"signing key {kid}"
