"""Telling a handler something while it runs or waits; the log keeps it until the handler asks for it."""

from typing import Any

from runcast.database import UnitOfWork
from runcast.errors import Unprocessable
from runcast.services import commands
from runcast.services.commands import Sender
from runcast.services.event_log.units import Signal

MAX_NAME_LENGTH = 100


async def send(uow: UnitOfWork, sender: Sender, name: str, data: Any) -> int:
    """Send a signal, and return the log's head after it; a repeat gets the first outcome.

    Raises:
        NotFound, Forbidden: as for every act on an execution.
        Conflict: it has ended.
        TooLarge: the data is over 64 KiB.
        Unprocessable: it is no name, or the id was used before, for something else.
    """
    text = commands.document(data)
    await sender.check(uow, "signal")
    _check_name(name)
    command = sender.command(commands.digest("signal", name, data))
    by = sender.principal.user_id
    return await sender.write(uow, Signal(sender.execution_id, name, text, by, command))


def is_name(name: str) -> bool:
    """Tell whether this is in the alphabet of signals, questions and a handler's own kinds of events."""
    spelt = name.replace("-", "_").replace(":", "_")
    return len(name) <= MAX_NAME_LENGTH and spelt.isidentifier()


def _check_name(name: str) -> None:
    if not is_name(name):
        raise Unprocessable(
            f"a signal's name has 1 to {MAX_NAME_LENGTH} letters, digits, _, - and :, "
            "and begins with no digit"
        )
