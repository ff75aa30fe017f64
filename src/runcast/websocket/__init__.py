"""WebSockets: the feed's endpoint, and what sockets of one's own are built with."""

from runcast.websocket.manager import ConnectionManager
from runcast.websocket.own_sockets import SocketUser, get_socket_user, texts

__all__ = ["ConnectionManager", "SocketUser", "get_socket_user", "texts"]
