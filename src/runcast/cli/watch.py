"""`runcast watch`: an execution in this terminal, from the start of its log to its end."""

from typing import Annotated

import typer

Id = Annotated[str, typer.Argument(metavar="ID", help="As `runcast run` printed it.")]


def watch(execution_id: Id) -> None:
    """Watch an execution, from the start of its log to its end.

    Ctrl-C stops watching, not the execution. A lost connection is mended.

    Exit status: 0 it succeeded, 1 it failed, 3 it was cancelled; 4 it cannot be watched, 130 Ctrl-C.
    """
    # The client takes longer to load than all of `runcast --help`.
    from runcast.cli import watching  # noqa: PLC0415

    raise typer.Exit(watching.watch(execution_id))
