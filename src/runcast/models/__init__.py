"""Tables only. Importing this package fills `Base.metadata` with all of Runcast's."""

from runcast.models.audit import AuditEntry
from runcast.models.base import Base, Document, UtcDateTime
from runcast.models.credentials import ApiKey, OneTimeCode, Share, SigningKey, Ticket
from runcast.models.events import Event, Payload
from runcast.models.executions import Command, Execution
from runcast.models.items import Item
from runcast.models.sessions import Session, SetupToken
from runcast.models.teams import Invitation, Member, Team
from runcast.models.users import Identity, Passkey, RecoveryCode, Totp, User
from runcast.models.workers import Handler, Worker, WorkerHandler

__all__ = [
    "ApiKey",
    "AuditEntry",
    "Base",
    "Command",
    "Document",
    "Event",
    "Execution",
    "Handler",
    "Identity",
    "Invitation",
    "Item",
    "Member",
    "OneTimeCode",
    "Passkey",
    "Payload",
    "RecoveryCode",
    "Session",
    "SetupToken",
    "Share",
    "SigningKey",
    "Team",
    "Ticket",
    "Totp",
    "User",
    "UtcDateTime",
    "Worker",
    "WorkerHandler",
]
