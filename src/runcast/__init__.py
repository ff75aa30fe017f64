"""Runcast: the backend for products in which work runs."""

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
from runcast.workers.emitter import EmitOverflow, RunClosed
from runcast.workers.journal import HandlerChanged
from runcast.workers.run import Run, RunCancelled
from runcast.workers.steps import StepFailed

__all__ = [
    "CurrentUser",
    "Db",
    "EmitOverflow",
    "HandlerChanged",
    "OptionalUser",
    "Run",
    "RunCancelled",
    "RunClosed",
    "Runcast",
    "StepFailed",
    "get_current_user",
    "get_db",
    "get_optional_user",
    "oauth2_scheme",
]
