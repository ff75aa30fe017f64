"""Rows put straight into a database, for tests below HTTP and for what HTTP cannot bring about."""

import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from runcast.database import Database, PostgresDatabase, SqliteDatabase, UnitOfWork
from runcast.ids import TimeOrderedIds
from runcast.models import (
    AuditEntry,
    Execution,
    Identity,
    Invitation,
    Member,
    OneTimeCode,
    Passkey,
    RecoveryCode,
    SigningKey,
    Team,
    Totp,
    User,
)
from runcast.services import workers
from runcast.services.workers import WorkerView
from tests.tools import databases

MOMENT = datetime(2026, 1, 1, tzinfo=UTC)
_ids = TimeOrderedIds()


async def add_user(database: Database) -> UUID:
    """Keep a user, and return the id."""
    user_id = uuid4()
    address = f"{user_id}@example.com"
    async with UnitOfWork(database) as uow:
        uow.session.add(
            User(id=user_id, email=address, email_key=address, name="x", created_at=MOMENT)
        )
    return user_id


async def add_execution(database: Database, owner_id: UUID, item_id: UUID, state: str) -> UUID:
    """Keep an execution of an item in a state, without a log, and return the id."""
    execution_id = _ids.new()
    async with UnitOfWork(database) as uow:
        uow.session.add(
            Execution(
                id=execution_id,
                owner_id=owner_id,
                item_id=item_id,
                handler="x",
                state=state,
                run_at=MOMENT,
                input="{}",
                last_at="",
                created_at=MOMENT,
            )
        )
    return execution_id


async def add_of_each_kind(database: Database) -> None:
    """Keep a row of everything about accounts that no short way over HTTP leads to."""
    user_id, team_id = await add_user(database), uuid4()
    whose: dict[str, Any] = {"user_id": user_id, "created_at": MOMENT}
    soon = {"created_at": MOMENT, "expires_at": datetime.max.replace(tzinfo=UTC)}
    elsewhere = {"provider": "x", "issuer": "https://x.example", "subject": str(user_id)}
    async with UnitOfWork(database) as uow:
        uow.session.add(Team(id=team_id, name="x", created_at=MOMENT))
        await uow.session.flush()
        uow.session.add_all(
            (
                Member(team_id=team_id, role="viewer", **whose),
                Invitation(
                    id=uuid4(),
                    hash=team_id.bytes,
                    email="x",
                    email_key="x",
                    by_mail=True,
                    invited_by=user_id,
                    **soon,
                ),
                Identity(id=uuid4(), last_used_at=MOMENT, **elsewhere, **whose),
                Totp(sealed=b"x", **whose),
                RecoveryCode(hash=user_id.bytes, user_id=user_id),
                Passkey(
                    id=uuid4(),
                    credential_id=user_id.bytes,
                    public_key=b"x",
                    sign_count=0,
                    name="x",
                    transports=[],
                    synced=False,
                    backed_up=False,
                    **whose,
                ),
                AuditEntry(
                    id=_ids.new(), at=MOMENT, action="x", address="x", user_agent="x", details={}
                ),
                OneTimeCode(hash=user_id.bytes, purpose="x", data={}, **soon),
                SigningKey(kid=str(user_id), sealed=b"x", created_at=MOMENT, signs_from=MOMENT),
            )
        )


async def add_worker(database: Database, worker_id: UUID, *, seen_at: datetime) -> None:
    """Keep a worker that showed a sign of life then."""
    view = WorkerView(worker_id, "here:1", 1, seen_at, seen_at)
    async with UnitOfWork(database) as uow:
        await workers.register(uow, view)


def as_another_process(database: Database, statement: str, *parameters: str | int) -> list[Any]:
    """Execute and commit a statement over a connection of its own; return what it finds.

    Parameters are marked `?`; ids go in and come out as hexadecimal digits.
    """
    if isinstance(database, PostgresDatabase):
        return databases.execute(database.url, statement, *parameters)
    assert isinstance(database, SqliteDatabase)
    with closing(sqlite3.connect(database.path)) as connection, connection:
        connection.execute("PRAGMA foreign_keys = ON")
        return connection.execute(statement, parameters).fetchall()
