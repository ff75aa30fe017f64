"""Listening on a port before anything else is begun, so that a port that is taken is told in words."""

import errno
import os
import socket

from runcast.errors import Unavailable

_ANOTHER_PORT_HELPS = {errno.EADDRINUSE, errno.EACCES}


def listen(host: str, port: int) -> socket.socket:
    """Return a socket that listens there; 0 takes a free port.

    Raises:
        Unavailable: nobody can listen there.
    """
    try:
        return _listener(_family(host, port), host, port)
    except OSError as error:
        hint = "; give another with --port" if error.errno in _ANOTHER_PORT_HELPS else ""
        raise Unavailable(
            f"cannot listen on {host}, port {port}: {_reason(error)}{hint}"
        ) from error


def _listener(family: socket.AddressFamily, host: str, port: int) -> socket.socket:
    # Named as TCP, which `socket.create_server` leaves open: asyncio sends at once only where it knows
    # that it is TCP, and an answer's body would wait 40 ms for its head to be acknowledged.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        if os.name == "posix":
            # Elsewhere it would let another program take the port over.
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen()
    except OSError:
        listener.close()
        raise
    return listener


def _family(host: str, port: int) -> socket.AddressFamily:
    """Return the older family where a name has addresses of both."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    families = {family for family, *_ in found}
    return socket.AF_INET if socket.AF_INET in families else socket.AF_INET6


def _reason(error: OSError) -> str:
    if error.errno is None or isinstance(error, socket.gaierror):
        return str(error.strerror or error)
    # Python has added the address to what the system says.
    return os.strerror(error.errno)
