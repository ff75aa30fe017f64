"""`runcast db`: Alembic's commands on Runcast's tables, or with `--app` on an application's own."""

import os
from typing import Annotated, Any, Literal

import typer

from runcast.cli.loading import revisions_of
from runcast.cli.prune import prune

app = typer.Typer(help="Bring the database's schema up and down.", no_args_is_help=True)

App = Annotated[
    str | None,
    typer.Option(
        "--app",
        metavar="FILE",
        help="Speak of this application's own tables; their revisions lie in migrations/ beside it.",
    ),
]
Message = Annotated[str, typer.Option("--message", "-m", help="What the revision does.")]
Autogenerate = Annotated[
    bool, typer.Option("--autogenerate/--empty", help="Write down what the models have changed.")
]
Upwards = Annotated[str, typer.Argument(metavar="REVISION", help="head, +1 or a revision.")]
Downwards = Annotated[str, typer.Argument(metavar="REVISION", help="-1, base or a revision.")]

# `-1` is a number of steps, not an option.
_STEPS = {"ignore_unknown_options": True}


@app.callback()
def _db() -> None:
    # pydantic takes longer to load than all of `runcast --help`.
    from runcast.cli.variables import strangers  # noqa: PLC0415

    if (warning := strangers(os.environ)) is not None:
        typer.echo(f"warning: {warning}", err=True)


@app.command(context_settings=_STEPS)
def upgrade(revision: Upwards = "head", app: App = None) -> None:
    """Bring the schema up. An application's own tables come after all of Runcast's."""
    if app is not None:
        _run("upgrade")
    changed = _run("upgrade", revision, app=app)
    typer.echo(f"{'upgraded to' if changed else 'already at'} {_run('current', app=app)}")


@app.command(context_settings=_STEPS)
def downgrade(revision: Downwards, app: App = None) -> None:
    """Take the schema down."""
    _run("downgrade", revision, app=app)
    typer.echo(_run("current", app=app))


@app.command()
def history(app: App = None) -> None:
    """List the revisions, the newest first."""
    _run("history", app=app)


@app.command()
def current(app: App = None) -> None:
    """Show the revision that the database is at."""
    typer.echo(_run("current", app=app))


@app.command()
def check(app: App = None) -> None:
    """Compare the database with the models; the exit status is 1 if they differ."""
    _run("check", app=app)


@app.command()
def revision(message: Message, autogenerate: Autogenerate = True, app: App = None) -> None:
    """Write the next revision."""
    _run("revision", message, app=app, autogenerate=autogenerate)


app.command()(prune)

Command = Literal["upgrade", "downgrade", "history", "current", "check", "revision"]
_OF_WHAT_IS_THERE = frozenset({"downgrade", "check"})


def _run(command: Command, *args: str, app: str | None = None, **options: Any) -> Any:
    # SQLAlchemy and Alembic take longer to load than all of `runcast --help`, so they wait till here.
    from alembic.util import CommandError  # noqa: PLC0415
    from sqlalchemy.exc import SQLAlchemyError  # noqa: PLC0415

    from runcast.database import lineage, migrations  # noqa: PLC0415
    from runcast.database.failures import in_words  # noqa: PLC0415
    from runcast.errors import RuncastError  # noqa: PLC0415
    from runcast.settings import Settings  # noqa: PLC0415

    line = lineage.RUNCAST if app is None else lineage.of_application(revisions_of(app))
    refusals = (RuncastError, CommandError, SQLAlchemyError, OSError)
    try:
        settings = Settings()
        if command in _OF_WHAT_IS_THERE:
            migrations.check_there(settings)
        return getattr(migrations, command)(settings.database_url, *args, lineage=line, **options)
    except refusals as error:
        typer.echo(f"runcast db {command}: {in_words(error)}", err=True)
        raise typer.Exit(1) from None
