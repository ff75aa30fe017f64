"""`runcast serve`: one process with everything in it, until it is told to stop."""

import asyncio
import socket
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from runcast.cli.beginning import begin, say_what_runs
from runcast.cli.collecting import collect_seldom

if TYPE_CHECKING:
    from runcast.application import Runcast

Target = Annotated[str, typer.Argument(metavar="APP", help="file.py, file.py:name or module:name")]
Host = Annotated[str, typer.Option(help="Where to listen; the default is this machine alone.")]
Port = Annotated[int, typer.Option(min=0, max=65535, help="0 takes a free one.")]

WithWorker = Annotated[
    bool,
    typer.Option("--worker/--no-worker", help="Whether executions run in this process too."),
]


def serve(
    target: Target, host: Host = "127.0.0.1", port: Port = 8000, with_worker: WithWorker = True
) -> None:
    """Serve an application: API, feeds and, unless told otherwise, a worker in one process."""
    # Here, because these take half a second that the other commands need not wait for.
    from runcast.cli.listening import listen  # noqa: PLC0415
    from runcast.errors import Unavailable  # noqa: PLC0415

    try:
        app = begin(target)
        app.runs_executions = with_worker
        with listen(host, port) as listener:
            asyncio.run(_serve(app, host, listener))
    except Unavailable as refusal:
        typer.echo(refusal.detail, err=True)
        raise typer.Exit(1) from None


async def _serve(app: "Runcast", host: str, listener: socket.socket) -> None:
    from runcast.websocket.server import server  # noqa: PLC0415 - see above

    port = listener.getsockname()[1]
    await server(app, host, port, tell=partial(_tell, app)).serve(sockets=[listener])


async def _tell(app: "Runcast", url: str) -> None:
    """Say where everything is, and leave the local credential for the command line."""
    from runcast.database import UnitOfWork  # noqa: PLC0415 - see above
    from runcast.services import local_credential, setup_tokens  # noqa: PLC0415 - see above

    runtime = app.state.runtime
    folder: Path | None = runtime.settings.data_folder
    if folder is not None:
        # First, because who has read the address may want the credential at once.
        await asyncio.to_thread(local_credential.write_file, folder, url, runtime.local_access)
    collect_seldom()
    say_what_runs(app)
    has_pages = app.console is not None and app.console.is_built
    if has_pages:
        typer.echo(f"open   {url}")
    typer.echo(f"API    {url}/docs")
    if folder is not None:
        typer.echo(f"data   {folder}")
    async with UnitOfWork(runtime.database) as uow:
        token = await setup_tokens.offer(uow, runtime.clock)
    if token is not None:
        typer.echo(f"setup  {token}\n       {_how_to_spend(token, url if has_pages else None)}")


def _how_to_spend(token: str, pages: str | None) -> str:
    """Return how the setup token makes the administrator: by a link, or over the API."""
    if pages is None:
        return "(POST /api/auth/register with it makes the administrator)"
    # Browsers do not send what is behind the #, and the page takes it out of the address.
    return f"{pages}/#setup={token} makes the administrator"
