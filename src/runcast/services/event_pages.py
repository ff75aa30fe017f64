"""Pages of a log as bytes, put together from the text that the log holds."""

from collections.abc import Collection

import orjson

from runcast.services.event_log import LoggedEvent, LogReader
from runcast.services.event_views import encode
from runcast.services.executions import ExecutionView

MAX_PAGE_BYTES = 2**20


async def read(
    reader: LogReader, view: ExecutionView, *, after: int, limit: int, kinds: Collection[str]
) -> bytes:
    """Return a page: events after a cursor, of some kinds or all, as the JSON of an `EventsPage`.

    `limit` counts over the whole log, so that `next_after` moves on whatever the kinds are. A page of
    large events is shorter than its limit.

    Raises:
        NotFound: the execution is gone.
    """
    page = await reader.page(view.id, after, limit, max_bytes=MAX_PAGE_BYTES)
    shown = [event for event in page.events if not kinds or event.kind in kinds]
    last = page.events[-1].seq if page.events else after
    rest = {
        "oldest": page.head.oldest,
        "head": page.head.last,
        "next_after": last,
        "gap": _gap(page.events, after),
    }
    entries = b",".join(_entry(event, public=not view.standing.is_insider) for event in shown)
    return b'{"events":[' + entries + b"]," + orjson.dumps(rest)[1:]


def _entry(event: LoggedEvent, *, public: bool) -> bytes:
    encoded = encode(event)
    return encoded.public if public else encoded.full


def _gap(events: tuple[LoggedEvent, ...], after: int) -> dict[str, int] | None:
    if not events or events[0].seq == after + 1:
        return None
    return {"from": after + 1, "to": events[0].seq - 1}
