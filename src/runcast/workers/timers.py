"""`run.sleep`: a wait for a moment that stays the same however often the handler runs again."""

from runcast.clock import rfc3339
from runcast.workers.digests import digest
from runcast.workers.durable_waits import DurableWaits
from runcast.workers.waits import Wait


async def sleep(durable: DurableWaits, key: str, seconds: float) -> None:
    """Return when so many seconds have gone by since this was first called."""
    told = digest(float(seconds))
    if durable.journal.ask(key, told) is not None:
        return
    until = await durable.begin(key, "timer", "sleep", told, seconds)
    assert until is not None
    wait = Wait(key, "timer", rfc3339(until), until)
    await durable.waits.wait(wait)
    durable.succeeded(wait, told, "null")
