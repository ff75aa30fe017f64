"""Tables only. Importing this package fills `Base.metadata` with all of Runcast's."""

from runcast.models.base import Base, Document, UtcDateTime
from runcast.models.credentials import ApiKey, Share, Ticket
from runcast.models.events import Event, Payload
from runcast.models.executions import Command, Execution
from runcast.models.items import Item
from runcast.models.sessions import Session, SetupToken
from runcast.models.users import User
from runcast.models.workers import Handler, Worker, WorkerHandler

__all__ = [
    "ApiKey",
    "Base",
    "Command",
    "Document",
    "Event",
    "Execution",
    "Handler",
    "Item",
    "Payload",
    "Session",
    "SetupToken",
    "Share",
    "Ticket",
    "User",
    "UtcDateTime",
    "Worker",
    "WorkerHandler",
]
