"""`runcast signing-keys`: the keys of access tokens, seen and changed by whoever may write to the database."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from runcast.database import UnitOfWork
    from runcast.services.audit import Audit
    from runcast.services.signing.key_ring import KeyRing
    from runcast.services.signing.signing_keys import Key, Standing
    from runcast.settings import Settings

    Work = Callable[[KeyRing, UnitOfWork, Audit], Awaitable[None]]
    Standings = list[tuple[Key, Standing]]

app = typer.Typer(help="See and rotate the keys of access tokens.", no_args_is_help=True)
Now = Annotated[
    bool, typer.Option("--now", help="A key has leaked: what was signed before verifies no more.")
]


@app.command("list")
def list_keys() -> None:
    """List the keys: which one signs, which is next, which only verify. The server may be running."""
    _run("list", _leave)


@app.command()
def rotate(now: Now = False) -> None:
    """Publish the next key, which signs in an hour; with --now it signs at once, and alone.

    Servers may be running. With --now they know it within two seconds, and refuse every access token of
    before; clients refresh theirs, and nobody has to sign in again.
    """
    _run("rotate", _replace if now else _publish)


def _run(command: str, work: "Work") -> None:
    # The database takes longer to load than all of `runcast --help`.
    from sqlalchemy.exc import SQLAlchemyError  # noqa: PLC0415

    from runcast.clock import rfc3339  # noqa: PLC0415
    from runcast.database.failures import in_words  # noqa: PLC0415
    from runcast.errors import RuncastError  # noqa: PLC0415
    from runcast.settings import Settings  # noqa: PLC0415

    try:
        standings = asyncio.run(_with_keys(Settings(), work))
    except (RuncastError, SQLAlchemyError, OSError) as error:
        typer.echo(f"runcast signing-keys {command}: {in_words(error)}", err=True)
        raise typer.Exit(1) from None
    for key, standing in standings:
        typer.echo(f"{key.kid}  {standing:8}  signs from {rfc3339(key.signs_from)}")


async def _with_keys(settings: "Settings", work: "Work") -> "Standings":
    from runcast.clock import SystemClock  # noqa: PLC0415
    from runcast.database import UnitOfWork, migrations, open_database  # noqa: PLC0415
    from runcast.database.clock import DatabaseClock  # noqa: PLC0415
    from runcast.ids import TimeOrderedIds  # noqa: PLC0415
    from runcast.opening import secret_of  # noqa: PLC0415
    from runcast.services.accounts import open_signing_keys  # noqa: PLC0415
    from runcast.services.audit import Audit  # noqa: PLC0415

    secret = await secret_of(settings)
    await asyncio.to_thread(migrations.prepare, settings)
    database = open_database(settings)
    clock = DatabaseClock(SystemClock(), database)
    try:
        await database.start()
        await clock.start()
        ring = await open_signing_keys(database, settings, clock, secret)
        async with UnitOfWork(database) as uow:
            await work(ring, uow, Audit(clock, TimeOrderedIds()))
        await ring.look()
        return ring.standings()
    finally:
        await clock.stop()
        await database.stop()


async def _leave(ring: "KeyRing", uow: "UnitOfWork", audit: "Audit") -> None:
    return


async def _publish(ring: "KeyRing", uow: "UnitOfWork", audit: "Audit") -> None:
    await ring.publish_next(uow, audit)


async def _replace(ring: "KeyRing", uow: "UnitOfWork", audit: "Audit") -> None:
    await ring.replace_all(uow, audit)
