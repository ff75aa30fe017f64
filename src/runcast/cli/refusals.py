"""What went wrong, said in a line or two, with an exit status of its own. No traceback."""

from collections.abc import Iterator
from contextlib import contextmanager

import typer
from pydantic import ValidationError

from runcast.cli.connection import NoServer
from runcast.cli.login_file import LoginUnreadable
from runcast_client import ClientError, ProblemError, Unauthenticated, Unreachable

REFUSED = 4
"""The exit status of a command that could not be carried out. 1 says that an execution failed."""


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


def explain(error: Exception) -> str:
    """Return what an error says and, where there is one, the way out."""
    match error:
        case Unreachable():
            return f"no answer from {error}\nIs the server running? `runcast serve APP` starts one."
        case Unauthenticated():
            return f"{error}\nSign in with `runcast login`, or set RUNCAST_TOKEN."
        case ProblemError() if len(error.errors) > 1:
            return "\n".join([str(error), *map(_place, error.errors)])
        case _:
            return str(error) or type(error).__name__


def _place(problem: object) -> str:
    if not isinstance(problem, dict):
        return f"  {problem}"
    where = ".".join(str(part) for part in problem.get("loc", ()))
    return f"  {where}: {problem.get('msg', problem)}"
