"""What the database says of a deployment: its schema, its clock, and its administrators."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

from sqlalchemy import ColumnElement, exists, func, or_, select

from runcast.cli.checks.findings import Finding, danger, note, ok, warning
from runcast.database import Database, UnitOfWork, migrations, open_database
from runcast.database.failures import DRIVER_ERRORS, in_words
from runcast.models import Passkey, Totp, User
from runcast.settings import Settings

_SKEW = timedelta(seconds=5)


async def check(settings: Settings) -> list[Finding]:
    """Return what is to be said about the database; that it does not answer, if it does not."""
    file = settings.sqlite_path
    if file is not None and not await asyncio.to_thread(file.exists):
        return [ok("the database", "not there yet; the first start makes it")]
    try:
        if await asyncio.to_thread(migrations.is_behind, settings.database_url):
            return [danger("the schema", "it is not up to date", "runcast db upgrade")]
        return [finding async for finding in _asked(settings)]
    except DRIVER_ERRORS as error:
        return [danger("the database", in_words(error), "see RUNCAST_DATABASE_URL")]


async def _asked(settings: Settings) -> AsyncIterator[Finding]:
    yield ok("the schema", "up to date")
    database = open_database(settings)
    try:
        await database.start()
        yield await _clock(database)
        yield await _administrators(database)
        yield await _second_factors(database)
    finally:
        await database.stop()


async def _clock(database: Database) -> Finding:
    theirs = await database.server_time()
    off = timedelta(0) if theirs is None else abs(datetime.now(UTC) - theirs)
    return skew("the database's clock", off)


def skew(about: str, off: timedelta) -> Finding:
    """Return what is to be said of a clock that is so far from this machine's."""
    if off > _SKEW:
        advice = "set both by NTP: codes and tokens are judged by time"
        return warning(about, f"{off.total_seconds():.0f} s from this machine's", advice)
    return ok(about, "goes with this machine's")


async def _administrators(database: Database) -> Finding:
    count = await _count(database, None)
    if count:
        return ok("administrators", str(count))
    advice = "make one: runcast users add --admin, or with the setup token that the server prints"
    return warning("administrators", "there is none, and a setup token is on offer", advice)


async def _second_factors(database: Database) -> Finding:
    about = "second factors"
    app = exists().where(Totp.user_id == User.id, Totp.confirmed_at.is_not(None))
    passkey = exists().where(Passkey.user_id == User.id)
    without = await _count(database, ~or_(app, passkey))
    if without:
        advice = "an administrator's password alone opens every account"
        who = "1 administrator has" if without == 1 else f"{without} administrators have"
        return note(about, f"{who} none", advice)
    return ok(about, "every administrator has one")


async def _count(database: Database, condition: ColumnElement[bool] | None) -> int:
    administrators = select(func.count()).where(User.is_admin, User.disabled_at.is_(None))
    statement = administrators if condition is None else administrators.where(condition)
    async with UnitOfWork(database) as uow:
        return await uow.session.scalar(statement) or 0
