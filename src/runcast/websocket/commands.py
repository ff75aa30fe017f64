"""What a client of a feed sends to the execution: carried out by the same services as over HTTP."""

from uuid import UUID

from runcast import frames
from runcast.database import UnitOfWork
from runcast.errors import Forbidden, RuncastError, Unauthenticated
from runcast.frames import Answer, Cancel, Command, RefusedFrame, Signal
from runcast.runtime import Runtime
from runcast.scopes import Scope, check
from runcast.services import answers, cancels, signals
from runcast.services.audit import Actor
from runcast.services.commands import Sender
from runcast.services.principals import Client, Principal, Shared, Viewer


async def carry_out(
    runtime: Runtime, viewer: Viewer | None, client: Client, execution_id: UUID, command: Command
) -> bytes:
    """Carry out a command and return its ack, which a repeat gets again.

    Args:
        client: from where it comes.

    Raises:
        RefusedFrame: it was refused and has left no trace; the connection stays.
    """
    try:
        actor = Actor(client, _principal(viewer))
        sender = Sender(runtime.log, runtime.audit, actor, execution_id, command.id)
        async with UnitOfWork(runtime.database) as uow:
            seq = await _carry_out(uow, sender, command)
    except RuncastError as error:
        raise RefusedFrame(command.id, error.code, error.detail) from error
    return frames.ack(command.id, seq)


def _principal(viewer: Viewer | None) -> Principal:
    if viewer is None:
        raise Unauthenticated("sign in to act")
    if isinstance(viewer, Shared):
        raise Forbidden("a share link watches its execution, and does nothing else")
    check(viewer.scopes, [Scope.EXECUTIONS_ACT])
    return viewer


async def _carry_out(uow: UnitOfWork, sender: Sender, command: Command) -> int:
    match command:
        case Answer(_, question, value):
            return await answers.give(uow, sender, question, value)
        case Signal(_, name, data):
            return await signals.send(uow, sender, name, data)
        case Cancel():
            return await cancels.request(uow, sender)
