"""`runcast db prune`: remove at once what has ended and was kept for long enough."""

import asyncio
from typing import TYPE_CHECKING, Annotated, Any

import typer

from runcast.cli.counts import counted

if TYPE_CHECKING:
    from runcast.services.pruning import Removed
    from runcast.settings import Settings

EventsDays = Annotated[
    float | None,
    typer.Option("--events-days", help="Instead of RUNCAST_KEEP_EVENTS_DAYS.", show_default=False),
]
ExecutionsDays = Annotated[
    float | None,
    typer.Option(
        "--executions-days", help="Instead of RUNCAST_KEEP_EXECUTIONS_DAYS.", show_default=False
    ),
]


def prune(events_days: EventsDays = None, executions_days: ExecutionsDays = None) -> None:
    """Remove what has ended and was kept for long enough; servers may be running meanwhile.

    They do the same once a minute; this does not wait for them.
    """
    # The database takes longer to load than all of `runcast --help`.
    from sqlalchemy.exc import SQLAlchemyError  # noqa: PLC0415

    from runcast.database.failures import in_words  # noqa: PLC0415
    from runcast.errors import RuncastError  # noqa: PLC0415
    from runcast.settings import Settings  # noqa: PLC0415

    given: dict[str, Any] = {
        "keep_events_days": events_days,
        "keep_executions_days": executions_days,
    }
    try:
        settings = Settings(**{name: days for name, days in given.items() if days is not None})
        removed = asyncio.run(_prune(settings))
    except (RuncastError, SQLAlchemyError, OSError) as error:
        typer.echo(f"runcast db prune: {in_words(error)}", err=True)
        raise typer.Exit(1) from None
    typer.echo(_told(removed))


async def _prune(settings: "Settings") -> "Removed":
    from runcast.clock import SystemClock  # noqa: PLC0415
    from runcast.database import UnitOfWork, migrations, open_database  # noqa: PLC0415
    from runcast.database.clock import DatabaseClock  # noqa: PLC0415
    from runcast.errors import Unavailable  # noqa: PLC0415
    from runcast.services import pruning  # noqa: PLC0415

    await asyncio.to_thread(migrations.check_there, settings)
    if await asyncio.to_thread(migrations.is_behind, settings.database_url):
        raise Unavailable("the database's schema is not up to date: runcast db upgrade")
    database = open_database(settings)
    clock = DatabaseClock(SystemClock(), database)
    try:
        await database.start()
        await clock.start()
        async with UnitOfWork(database) as uow:
            return await pruning.prune(uow, clock.now(), pruning.retention_of(settings))
    finally:
        await clock.stop()
        await database.stop()


def _told(removed: "Removed") -> str:
    if not removed:
        return "nothing to remove"
    return "removed " + ", ".join(counted(count, what) for what, count in removed.items() if count)
