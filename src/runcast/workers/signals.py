"""`run.receive`: a wait for the next signal of a name."""

from functools import partial
from typing import Any

from runcast import strict_json
from runcast.workers.digests import digest
from runcast.workers.durable_waits import DurableWaits, raise_timeout
from runcast.workers.mailbox import RECEIVE
from runcast.workers.waits import Wait


def call_name(signal: str) -> str:
    """Return the name of the calls that receive this signal."""
    return RECEIVE + signal


async def receive(durable: DurableWaits, key: str, name: str, seconds: float | None) -> Any:
    """Return the data of the next signal of this name that no call before has received.

    Raises:
        TimeoutError: none came in time; or the log says so.
    """
    told = digest((name, seconds))
    held = durable.journal.ask(key, told)
    if held is not None:
        raise_timeout(held)
        return held.result
    until = await durable.begin(key, "signal", name, told, seconds)
    mailbox = durable.waits.mailbox
    wait = Wait(key, "signal", name, until, partial(mailbox.has_signal, name))
    if not await durable.came(wait):
        await durable.time_is_up(wait, told)
    data = mailbox.receive(name)
    durable.succeeded(wait, told, strict_json.dumps(data).decode())
    return data
