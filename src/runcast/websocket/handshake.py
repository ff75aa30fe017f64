"""The first words of a feed: which page, which log, from where, and who is speaking."""

from dataclasses import dataclass
from uuid import UUID

from starlette.websockets import WebSocket

from runcast.errors import CloseCode
from runcast.frames import SUBPROTOCOL
from runcast.runtime import Runtime
from runcast.scopes import Scope
from runcast.services.principals import Viewer
from runcast.websocket.door import Door, check_origin
from runcast.websocket.incoming import Refused


@dataclass(frozen=True, slots=True)
class Opened:
    """Who wants which log from where; `after` is None for what comes after the head."""

    execution_id: UUID
    after: int | None
    viewer: Viewer | None
    door: Door


def subprotocol(websocket: WebSocket) -> str | None:
    """Return the subprotocol to accept, if the client offers it."""
    return SUBPROTOCOL if SUBPROTOCOL in websocket.scope["subprotocols"] else None


async def open_feed(websocket: WebSocket, execution_id: str, runtime: Runtime) -> Opened:
    """Return what the client wants and who it is.

    Raises:
        Refused: with the close code that says why.
        WebSocketDisconnect: it has left.
    """
    check_origin(websocket, runtime)
    after = _cursor(websocket.query_params.get("after", "0"))
    door = Door(websocket, runtime, Scope.EXECUTIONS_WATCH, _id(execution_id))
    viewer = await door.sign_in()
    if door.execution_id is None:
        raise Refused(CloseCode.NOT_FOUND, "no such execution")
    return Opened(door.execution_id, after, viewer, door)


def _id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _cursor(after: str) -> int | None:
    if after == "latest":
        return None
    if not (after.isascii() and after.isdigit()) or len(after) > 15:
        raise Refused(CloseCode.BAD_REQUEST, "after is a number, or latest")
    return int(after)
