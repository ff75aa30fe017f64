"""Sending something to an execution from the command line: an answer, a signal, a cancel."""

import asyncio
from collections.abc import Awaitable, Callable
from uuid import uuid4

import typer

from runcast.cli.connection import connect
from runcast.cli.refusals import asked_as, refusals
from runcast_client import Client, Execution

Send = Callable[[Client, str], Awaitable[Execution]]


def send(command: str, act: Send) -> None:
    """Send something under an id of its own and print the state after it; a refusal ends the command."""
    with refusals(command):
        execution = asyncio.run(_send(connect(), act))
    typer.echo(execution.state)


async def _send(client: Client, act: Send) -> Execution:
    async with client, asked_as(client):
        return await act(client, str(uuid4()))
