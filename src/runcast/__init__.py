"""Runcast: the backend for products in which work runs.

The names below are loaded when they are first asked for, because `runcast --help` and `runcast watch`
need neither the web framework nor the database, which take half a second to import.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from runcast.application import Runcast
    from runcast.dependencies import (
        CurrentUser,
        Db,
        OptionalUser,
        get_current_user,
        get_db,
        get_optional_user,
        oauth2_scheme,
    )
    from runcast.websocket.manager import ConnectionManager
    from runcast.websocket.own_sockets import SocketUser, get_socket_user, texts
    from runcast.workers.children import Child, ChildFailed
    from runcast.workers.emitter import EmitOverflow, RunClosed
    from runcast.workers.journal import HandlerChanged
    from runcast.workers.run import Run
    from runcast.workers.steps import RunCancelled, StepFailed

_HOMES = {
    "Runcast": "application",
    "CurrentUser": "dependencies",
    "Db": "dependencies",
    "OptionalUser": "dependencies",
    "get_current_user": "dependencies",
    "get_db": "dependencies",
    "get_optional_user": "dependencies",
    "oauth2_scheme": "dependencies",
    "ConnectionManager": "websocket.manager",
    "SocketUser": "websocket.own_sockets",
    "get_socket_user": "websocket.own_sockets",
    "texts": "websocket.own_sockets",
    "Child": "workers.children",
    "ChildFailed": "workers.children",
    "EmitOverflow": "workers.emitter",
    "RunClosed": "workers.emitter",
    "HandlerChanged": "workers.journal",
    "Run": "workers.run",
    "RunCancelled": "workers.steps",
    "StepFailed": "workers.steps",
}

__all__ = [
    "Child",
    "ChildFailed",
    "ConnectionManager",
    "CurrentUser",
    "Db",
    "EmitOverflow",
    "HandlerChanged",
    "OptionalUser",
    "Run",
    "RunCancelled",
    "RunClosed",
    "Runcast",
    "SocketUser",
    "StepFailed",
    "get_current_user",
    "get_db",
    "get_optional_user",
    "get_socket_user",
    "oauth2_scheme",
    "texts",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    globals()[name] = value
    return value
