"""Keyset pages: one iterator over all of them, each fetched when it is needed."""

from collections.abc import AsyncIterator, Mapping, Sequence

from runcast_client.errors import MalformedAnswer
from runcast_client.gateway import Gateway
from runcast_client.records import R, read


async def iterate(
    gateway: Gateway,
    path: str,
    kind: type[R],
    filters: Mapping[str, str | int | None],
    *,
    where: Sequence[str] = (),
) -> AsyncIterator[R]:
    """Yield every record of a list, page by page. Filters that are None are left out."""
    params = [(name, str(value)) for name, value in filters.items() if value is not None]
    params += [("where", condition) for condition in where]
    cursor: str | None = None
    while True:
        more = [("cursor", cursor)] if cursor else []
        page = await gateway.call("GET", path, params=params + more)
        for record in _records(page):
            yield read(kind, record)
        cursor = page.get("next_cursor")
        if not cursor:
            return


def _records(page: object) -> list[object]:
    records = page.get("items") if isinstance(page, dict) else None
    if not isinstance(records, list):
        raise MalformedAnswer("no page of a list")
    return records
