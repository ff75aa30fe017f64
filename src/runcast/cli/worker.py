"""`runcast worker`: a process that runs executions and answers nobody, until it is told to stop."""

import asyncio
import signal
from typing import TYPE_CHECKING

import typer

from runcast.cli.loading import load_app
from runcast.cli.serve import Target

if TYPE_CHECKING:
    from runcast.application import Runcast


def worker(target: Target) -> None:
    """Run an application's executions; any number of workers share one database."""
    # Here, because it takes half a second that the other commands need not wait for.
    from runcast import logs  # noqa: PLC0415
    from runcast.errors import Unavailable  # noqa: PLC0415

    try:
        app = load_app(target)
        logs.configure(app.settings.log_format, app.settings.log_level)
        asyncio.run(_work(app))
    except Unavailable as refusal:
        typer.echo(refusal.detail, err=True)
        raise typer.Exit(1) from None


async def _work(app: "Runcast") -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    async with app.router.lifespan_context(app):
        typer.echo(f"worker  {len(app.handlers.claimable())} handlers, ready")
        await stop.wait()
        # What runs is handed back at once; closing the application waits for that.
        app.begin_stop()
