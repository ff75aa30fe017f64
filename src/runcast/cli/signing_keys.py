"""`runcast signing-keys`: the keys of access tokens, seen and changed by whoever may write to the database."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from runcast.database import UnitOfWork
    from runcast.services.audit import Audit
    from runcast.services.signing.key_ring import KeyRing
    from runcast.services.signing.signing_keys import Key, Standing
    from runcast.settings import Settings

    Work = Callable[[KeyRing, UnitOfWork, Audit], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class _Seen:
    """The keys that the secret opens, each with what it is for, and how many it does not open."""

    standings: "list[tuple[Key, Standing]]"
    unopened: int


app = typer.Typer(help="See and rotate the keys of access tokens.", no_args_is_help=True)
Now = Annotated[
    bool, typer.Option("--now", help="A key has leaked: what was signed before verifies no more.")
]


@app.command("list")
def list_keys() -> None:
    """List the keys: which one signs, which is next, which only verify. The server may be running."""
    _run("list", None)


@app.command()
def rotate(now: Now = False) -> None:
    """Publish the next key, which signs in an hour; with --now it signs at once, and alone.

    Servers may be running. With --now they know it within two seconds, and refuse every access token of
    before; clients refresh theirs, and nobody has to sign in again.
    """
    _run("rotate", _replace if now else _publish)


def _run(command: str, work: "Work | None") -> None:
    # The database takes longer to load than all of `runcast --help`.
    from sqlalchemy.exc import SQLAlchemyError  # noqa: PLC0415

    from runcast.clock import rfc3339  # noqa: PLC0415
    from runcast.database.failures import in_words  # noqa: PLC0415
    from runcast.errors import RuncastError  # noqa: PLC0415
    from runcast.services.signing.key_ring import sealed_otherwise  # noqa: PLC0415
    from runcast.settings import Settings  # noqa: PLC0415

    try:
        seen = asyncio.run(_with_keys(Settings(), work))
    except (RuncastError, SQLAlchemyError, OSError) as error:
        typer.echo(f"runcast signing-keys {command}: {in_words(error)}", err=True)
        raise typer.Exit(1) from None
    for key, standing in seen.standings:
        typer.echo(f"{key.kid}  {standing:8}  signs from {rfc3339(key.signs_from)}")
    if seen.unopened:
        typer.echo(sealed_otherwise(seen.unopened), err=True)
    elif not seen.standings:
        typer.echo("no keys yet: the server makes one when it starts", err=True)


async def _with_keys(settings: "Settings", work: "Work | None") -> _Seen:
    from runcast.clock import SystemClock  # noqa: PLC0415
    from runcast.database import UnitOfWork, migrations, open_database  # noqa: PLC0415
    from runcast.database.clock import DatabaseClock  # noqa: PLC0415
    from runcast.ids import TimeOrderedIds  # noqa: PLC0415
    from runcast.opening import secret_of  # noqa: PLC0415
    from runcast.services.accounts import make_key_ring  # noqa: PLC0415
    from runcast.services.audit import Audit  # noqa: PLC0415

    await asyncio.to_thread(migrations.check_there, settings)
    secret = await secret_of(settings)
    await asyncio.to_thread(migrations.prepare, settings)
    database = open_database(settings)
    clock = DatabaseClock(SystemClock(), database)
    try:
        await database.start()
        await clock.start()
        ring = make_key_ring(database, settings, clock, secret)
        if work is not None:
            await _open(ring)
            async with UnitOfWork(database) as uow:
                await work(ring, uow, Audit(clock, TimeOrderedIds()))
        unopened = await ring.inspect()
        return _Seen(ring.standings(), unopened)
    finally:
        await clock.stop()
        await database.stop()


async def _open(ring: "KeyRing") -> None:
    """Open the keys that are to be changed; a secret that opens none of them changes none."""
    from runcast.errors import Conflict  # noqa: PLC0415
    from runcast.services.signing.key_ring import sealed_otherwise  # noqa: PLC0415

    unopened = await ring.inspect()
    if unopened and not ring.standings():
        raise Conflict(f"{sealed_otherwise(unopened)}: set the one that the servers have")
    await ring.open()


async def _publish(ring: "KeyRing", uow: "UnitOfWork", audit: "Audit") -> None:
    await ring.publish_next(uow, audit)


async def _replace(ring: "KeyRing", uow: "UnitOfWork", audit: "Audit") -> None:
    await ring.replace_all(uow, audit)
