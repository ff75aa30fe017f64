"""What went wrong, said in a line or two, with an exit status of its own. No traceback."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

import typer
from pydantic import ValidationError

from runcast.cli.connection import NoServer
from runcast.cli.login_file import LoginUnreadable
from runcast.cli.variables import settings_refused
from runcast_client import Client, ClientError, NotFound, ProblemError, Unauthenticated, Unreachable

REFUSED = 4
"""The exit status of a command that could not be carried out. 1 says that an execution failed."""


NO_EXECUTION = "no such execution"
"""What a server says of an execution that is not there, or is not for whoever asks."""


@contextmanager
def refusals(command: str) -> Iterator[None]:
    """Turn what a server or this machine refuses into a message and exit status 4."""
    try:
        yield
    except BrokenPipeError:
        raise  # whoever read has gone (`| head`), which Typer knows how to end
    except (ClientError, NoServer, LoginUnreadable, ValidationError, OSError) as error:
        typer.echo(f"runcast {command}: {explain(error)}", err=True)
        raise typer.Exit(REFUSED) from None


@asynccontextmanager
async def asked_as(client: Client) -> AsyncIterator[None]:
    """Add to an execution not found as whom it was asked for: what others own is not found either."""
    try:
        yield
    except NotFound as error:
        # Whoever is told that something of an execution is not there may see the execution.
        if error.detail == NO_EXECUTION:
            error.add_note(await _who(client))
        raise


async def _who(client: Client) -> str:
    if client.credential is None:
        return "Asked without signing in, which finds only what is public."
    try:
        user = await client.me()
    except ClientError as error:
        return f"Asked with a credential of which the server does not say whose it is: {error}"
    return f"Asked as {user.email}, who finds only their own and what is public."


def explain(error: Exception) -> str:
    """Return what an error says and, where there is one, the way out."""
    return "\n".join([_said(error), *getattr(error, "__notes__", ())])


def _said(error: Exception) -> str:
    match error:
        case Unreachable():
            return f"no answer from {error}\nIs the server running? `runcast serve APP` starts one."
        case Unauthenticated():
            return f"{error}\nSign in with `runcast login`, or set RUNCAST_TOKEN."
        case ProblemError() if len(error.errors) > 1:
            return "\n".join([str(error), *map(_place, error.errors)])
        case ValidationError() if lines := settings_refused(error):
            return "\n".join(lines)
        case _:
            return str(error) or type(error).__name__


def _place(problem: object) -> str:
    if not isinstance(problem, dict):
        return f"  {problem}"
    where = ".".join(str(part) for part in problem.get("loc", ()))
    return f"  {where}: {problem.get('msg', problem)}"
