"""The command line: one file per family of commands, registered here."""

from typing import Any

import typer
from typer.core import TyperGroup

from runcast.cli import (
    commands,
    db,
    doctor,
    login,
    openapi,
    run,
    serve,
    signing_keys,
    users,
    watch,
    worker,
)
from runcast.cli.collecting import look_seldom

_TAKES_NEGATIVE_NUMBERS = {"ignore_unknown_options": True}


class _Commands(TyperGroup):
    """Refuses in words a setting that any command, or the application that it loads, finds wrong."""

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except ValueError as error:  # a ValidationError is one
            # pydantic takes longer to load than all of `runcast --help`.
            from runcast.cli.variables import settings_refused  # noqa: PLC0415

            lines = settings_refused(error)
            if not lines:
                raise
        typer.echo("\n".join(lines), err=True)
        raise typer.Exit(1)


app = typer.Typer(
    name="runcast",
    cls=_Commands,
    help="Sign in, start executions, and watch each one live from one durable log.",
    no_args_is_help=True,
    # A traceback in boxes with every local variable would print credentials.
    pretty_exceptions_enable=False,
)

app.command("serve")(serve.serve)
app.command("worker")(worker.worker)
app.command("run")(run.run)
app.command("watch")(watch.watch)
app.command("answer", context_settings=_TAKES_NEGATIVE_NUMBERS)(commands.answer)
app.command("signal", context_settings=_TAKES_NEGATIVE_NUMBERS)(commands.signal)
app.command("cancel")(commands.cancel)
app.command("login")(login.login)
app.command("logout")(login.logout)
app.command("openapi")(openapi.openapi)
app.command("doctor")(doctor.doctor)
app.add_typer(db.app, name="db")
app.add_typer(users.app, name="users")
app.add_typer(signing_keys.app, name="signing-keys")


def main() -> None:
    """Run the command line."""
    look_seldom()
    app()
