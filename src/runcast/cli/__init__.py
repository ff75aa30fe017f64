"""The command line: one file per family of commands, registered here."""

import typer

from runcast.cli import commands, db, login, openapi, run, serve, users, watch, worker

_TAKES_NEGATIVE_NUMBERS = {"ignore_unknown_options": True}

app = typer.Typer(
    name="runcast",
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
app.add_typer(db.app, name="db")
app.add_typer(users.app, name="users")


def main() -> None:
    """Run the command line."""
    app()
