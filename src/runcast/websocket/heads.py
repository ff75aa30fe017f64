"""Which heads of requests are refused before the application is asked. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

import httptools

from runcast.errors import BadRequest, HeadTooLarge, RuncastError
from runcast.websocket.arrival import MAX_HEAD_BYTES, MAX_HEAD_FIELDS


@dataclass(frozen=True, slots=True)
class Head:
    """A request's head, as it was parsed.

    Attributes:
        version: of HTTP, as "1.1".
        fields: in their order, names in lower case.
        upgrades: whether it asks for a WebSocket.
    """

    method: bytes
    target: bytes
    version: str
    fields: Sequence[tuple[bytes, bytes]]
    upgrades: bool = False


def unfit(head: Head) -> RuncastError | None:
    """Return why a request is refused; None if it may be asked."""
    if len(head.fields) > MAX_HEAD_FIELDS:
        return HeadTooLarge(f"a head has at most {MAX_HEAD_FIELDS} fields")
    if _size(head) > MAX_HEAD_BYTES:
        return HeadTooLarge(f"a head has at most {MAX_HEAD_BYTES} bytes")
    if not _names_a_path(head.target):
        return BadRequest("the target of a request is a path, or an address with one")
    if not _names_its_host(head):
        return BadRequest("a request has one Host (RFC 9112, 3.2)")
    if head.upgrades and not _may_upgrade(head):
        return BadRequest("a WebSocket begins with GET, over HTTP/1.1, and no body")
    return None


def _size(head: Head) -> int:
    return len(head.target) + sum(len(name) + len(value) + 4 for name, value in head.fields)


def _names_a_path(target: bytes) -> bool:
    """Tell whether what llhttp took for a target is one to the server as well."""
    try:
        return httptools.parse_url(target).path is not None
    except httptools.HttpParserError:
        return False


def _names_its_host(head: Head) -> bool:
    count = sum(name == b"host" for name, _ in head.fields)
    return count == 1 or (count == 0 and head.version == "1.0")


def _may_upgrade(head: Head) -> bool:
    names = {name for name, _ in head.fields}
    is_get = head.method == b"GET" and head.version == "1.1"
    return is_get and not names & {b"content-length", b"transfer-encoding"}
