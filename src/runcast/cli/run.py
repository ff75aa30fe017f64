"""`runcast run`: start an execution, and watch it where that is wanted."""

from typing import Annotated, Any

import orjson
import typer

Handler = Annotated[str, typer.Argument(metavar="HANDLER", help="The name of a handler.")]
Input = Annotated[str, typer.Option("--input", metavar="JSON", help="What it is to work on.")]
Watch = Annotated[bool, typer.Option("--watch", help="Watch it, as `runcast watch` does.")]


def run(handler: Handler, given: Input = "{}", watch: Watch = False) -> None:
    """Start an execution and print its id.

    With --watch, watch it to its end. Ctrl-C stops watching, not the execution.

    Exit status: 0 it was started, or with --watch has succeeded, 1 failed, 3 cancelled; 4 refused,
    130 Ctrl-C.
    """
    document = _json(given)
    # The client takes longer to load than all of `runcast --help`.
    from runcast.cli import watching  # noqa: PLC0415

    execution_id = watching.start(handler, document)
    if watch:
        raise typer.Exit(watching.watch(execution_id))
    typer.echo(execution_id)
    typer.echo(watching.come_back(execution_id), err=True)


def _json(text: str) -> Any:
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise typer.BadParameter(f"this is no JSON: {error}", param_hint="--input") from None
