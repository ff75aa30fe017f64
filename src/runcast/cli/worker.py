"""`runcast worker`: a process that runs executions, until it is told to stop."""

import asyncio
import contextlib
import logging
import signal
import socket
from typing import TYPE_CHECKING, Annotated

import typer

from runcast.cli.beginning import begin, say_what_runs
from runcast.cli.collecting import collect_seldom
from runcast.cli.counts import counted
from runcast.cli.serve import Host, Target

if TYPE_CHECKING:
    from runcast.application import Runcast

logger = logging.getLogger(__name__)

ProbePort = Annotated[
    int | None,
    typer.Option(
        min=0,
        max=65535,
        help="Where to answer /health/live, /health/ready and /metrics; without it, nowhere.",
    ),
]


def worker(target: Target, host: Host = "127.0.0.1", port: ProbePort = None) -> None:
    """Run an application's executions; any number of workers share one database."""
    # Here, because they take half a second that the other commands need not wait for.
    from runcast.cli.listening import listen  # noqa: PLC0415
    from runcast.errors import Unavailable  # noqa: PLC0415

    try:
        app = begin(target)
        listener = None if port is None else listen(host, port)
        asyncio.run(_work(app, listener))
    except Unavailable as refusal:
        typer.echo(refusal.detail, err=True)
        raise typer.Exit(1) from None


async def _work(app: "Runcast", listener: socket.socket | None) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    # The port outlasts the application: while it hands back, it is asked too.
    async with contextlib.AsyncExitStack() as answering, app.router.lifespan_context(app):
        if listener is not None:
            await _answer(answering, app, listener)
        collect_seldom()
        say_what_runs(app)
        typer.echo(f"worker  {counted(len(app.handlers.claimable()), 'handlers')}, ready")
        await stop.wait()
        logger.info("stopping")
        # What runs is handed back at once; closing the application waits for that.
        app.begin_stop()
    logger.info("stopped")


async def _answer(
    answering: contextlib.AsyncExitStack, app: "Runcast", listener: socket.socket
) -> None:
    from runcast.cli.worker_port import WorkerPort  # noqa: PLC0415 - see above

    port = WorkerPort(listener, app)
    answering.push_async_callback(port.stop)
    await port.start()
    typer.echo(f"port    {port.url}")
