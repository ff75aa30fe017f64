"""Keyset cursors: where a page ended, signed together with the list, sort and filters it belongs to."""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Sequence
from typing import Any, Protocol, TypeVar
from uuid import UUID

import orjson

from runcast.errors import Unprocessable

_MAC_BYTES = 16


class Cursors:
    """Makes and reads cursors; one that another server, list, sort or filter made is refused."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def encode(self, scope: str, values: Sequence[Any]) -> str:
        """Return the cursor of a page that ended at these key values.

        Args:
            scope: names the list, its sort, its filters and whose list it is.
            values: the last row's key columns as JSON values (text, numbers, null).
        """
        payload = orjson.dumps(list(values))
        return base64.urlsafe_b64encode(self._mac(scope, payload) + payload).rstrip(b"=").decode()

    def decode(self, scope: str, cursor: str) -> list[Any]:
        """Return the key values of a cursor that `encode` made for the same scope.

        Raises:
            Unprocessable: it was not made here, or for something else.
        """
        try:
            padding = "=" * (-len(cursor) % 4)
            signed = base64.b64decode(cursor + padding, altchars="-_", validate=True)
        except (ValueError, binascii.Error):
            raise _foreign() from None
        mac, payload = signed[:_MAC_BYTES], signed[_MAC_BYTES:]
        if not hmac.compare_digest(mac, self._mac(scope, payload)):
            raise _foreign()
        values: list[Any] = orjson.loads(payload)
        return values

    def _mac(self, scope: str, payload: bytes) -> bytes:
        # The scope is hashed first, so that no scope's end can pass for a payload's beginning.
        named = hashlib.sha256(scope.encode("utf-8", "surrogatepass")).digest()
        return hmac.digest(self._key, named + payload, "sha256")[:_MAC_BYTES]


def _foreign() -> Unprocessable:
    return Unprocessable("the cursor is not one of this list with this sort and these filters")


class Identified(Protocol):
    """What stands in a list that is ordered by id, the newest first."""

    @property
    def id(self) -> UUID:
        """Its id, which rises with time."""
        ...


T = TypeVar("T", bound=Identified)


def newest_page(
    cursors: Cursors, scope: str, found: Sequence[T], limit: int
) -> tuple[list[T], str | None]:
    """Return the page and the cursor of the next, given one more than the page holds if there is more."""
    page = list(found[:limit])
    more = len(found) > limit
    return page, cursors.encode(scope, [str(page[-1].id)]) if more else None


def before(cursors: Cursors, scope: str, cursor: str | None) -> UUID | None:
    """Return the id before which the next page begins; None at the beginning.

    Raises:
        Unprocessable: the cursor is of another list.
    """
    return None if cursor is None else UUID(cursors.decode(scope, cursor)[0])
