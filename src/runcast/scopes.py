"""What a credential may be used for. A session may everything; an API key what it was made for. Pure."""

from collections.abc import Collection
from enum import StrEnum

from runcast.errors import InsufficientScope


class Scope(StrEnum):
    """One of the things that an API key can be made for."""

    ITEMS_READ = "items:read"
    ITEMS_WRITE = "items:write"
    EXECUTIONS_READ = "executions:read"
    EXECUTIONS_START = "executions:start"
    EXECUTIONS_WATCH = "executions:watch"
    EXECUTIONS_ACT = "executions:act"
    APP = "app"


ACCOUNT = "account"
"""One's account itself: name and password, sessions, keys. No key can be made for that."""

DESCRIPTIONS: dict[str, str] = {
    Scope.ITEMS_READ: "List and read items.",
    Scope.ITEMS_WRITE: "Make, change and delete items.",
    Scope.EXECUTIONS_READ: "List and read executions, handlers and figures.",
    Scope.EXECUTIONS_START: "Start executions, from items and from handlers, and retry them.",
    Scope.EXECUTIONS_WATCH: "Read logs, and follow them live.",
    Scope.EXECUTIONS_ACT: "Answer questions, send signals, cancel, share.",
    Scope.APP: "Call the application's own routes and sockets.",
    ACCOUNT: "One's account itself: name and password, sessions, keys. No key has it.",
}


def check(granted: Collection[str] | None, needed: Collection[str]) -> None:
    """Refuse what a credential was not made for.

    Args:
        granted: its scopes; None may everything.
        needed: what the request needs, all of them.

    Raises:
        InsufficientScope: something is missing.
    """
    if granted is not None and not set(needed) <= set(granted):
        raise InsufficientScope(() if ACCOUNT in needed else tuple(needed))
