"""Starting and watching executions from the command line; `runcast run` and `runcast watch` are its names."""

import asyncio
from typing import Any

import orjson
import typer

from runcast.cli.asking import open_asker
from runcast.cli.connection import connect
from runcast.cli.questions import OpenQuestions
from runcast.cli.refusals import asked_as, explain, refusals
from runcast.cli.screen import Screen, open_screen
from runcast_client import Client, ClientError, Events, Frame, Unprocessable, Watch

EXIT_STATUS = {"succeeded": 0, "failed": 1, "cancelled": 3}
STOPPED_WATCHING = 130
UNKNOWN_HANDLER = "unknown_handler"
MAX_NAMES = 20


def start(handler: str, given: Any) -> str:
    """Start an execution and return its id; a refusal ends the command."""
    with refusals("run"):
        return asyncio.run(_start(connect(), handler, given))


def watch(execution_id: str) -> int:
    """Watch an execution to its end and return its exit status; a refusal ends the command."""
    try:
        with refusals("watch"):
            return asyncio.run(_watch(connect(), execution_id))
    except KeyboardInterrupt:
        typer.echo(
            f"\nStopped watching; the execution goes on. {come_back(execution_id)}", err=True
        )
        return STOPPED_WATCHING


def come_back(execution_id: str) -> str:
    """Return how to watch an execution."""
    return f"Watch it with: runcast watch {execution_id}"


async def _start(client: Client, handler: str, given: Any) -> str:
    async with client:
        try:
            return (await client.executions.start(handler, input=given)).id
        except Unprocessable as error:
            if error.code == UNKNOWN_HANDLER:
                error.add_note(await _handlers(client))
            raise


async def _handlers(client: Client) -> str:
    """Return the names that could have been meant."""
    names = sorted([handler.name async for handler in client.handlers()])
    if not names:
        return "There are none: serve an application, or start a worker."
    shown = ", ".join(names[:MAX_NAMES]) + (", …" if len(names) > MAX_NAMES else "")
    return f"There are: {shown}"


async def _watch(client: Client, execution_id: str) -> int:
    async with client:
        # A feed would come back for ever to a server that is not there; this says so at once.
        async with asked_as(client):
            await client.executions.get(execution_id)
        screen = open_screen()
        async with screen, client.watch(execution_id) as feed:
            result = await _follow(feed, screen, execution_id)
        if result is not None:
            await show_result(client, execution_id, result["result"], screen)
        return EXIT_STATUS[str(feed.state)]


async def _follow(feed: Watch, screen: Screen, execution_id: str) -> dict[str, Any] | None:
    """Show every frame and ask what the handler asks; return what the execution succeeded with."""
    questions, result = OpenQuestions(), None
    asker = open_asker(feed, screen, execution_id)
    try:
        async for frame in feed.frames():
            screen.show(frame)
            questions.take(frame)
            asker.ask(questions.first)
            result = _result_in(frame) or result
    finally:
        asker.stop()
    return result


async def show_result(client: Client, execution_id: str, result: Any, screen: Screen) -> None:
    """Show a result, fetched if it is large; without a server it is told where it is."""
    try:
        screen.show_result(await _as_text(client, execution_id, result))
    except ClientError as error:
        # How the execution ended is known all the same, and stays the exit status.
        typer.echo(f"The result cannot be had now: {explain(error)}", err=True)
        typer.echo(come_back(execution_id), err=True)


def _result_in(frame: Frame) -> dict[str, Any] | None:
    events = frame.events if isinstance(frame, Events) else ()
    return next((event.data for event in events if event.kind == "execution.succeeded"), None)


async def _as_text(client: Client, execution_id: str, result: Any) -> str:
    if isinstance(result, dict) and result.keys() == {"$ref", "size"}:
        result = await client.executions.payload(execution_id, result["$ref"])
    return orjson.dumps(result, option=orjson.OPT_INDENT_2).decode()
