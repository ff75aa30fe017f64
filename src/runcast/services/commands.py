"""What people send to an execution: who sends it, and the id under which it is done once."""

import hashlib
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import select

from runcast import strict_json
from runcast.database import UnitOfWork
from runcast.errors import TooLarge
from runcast.models import Command
from runcast.services import executions
from runcast.services.audit import Action, Actor, Audit
from runcast.services.event_log import EventLog
from runcast.services.event_log.jobs import Repeat
from runcast.services.event_log.units import CommandKey, Unit
from runcast.services.permissions import Right
from runcast.services.principals import Principal

MAX_DOCUMENT_BYTES = 64 * 1024


@dataclass(frozen=True, slots=True)
class Sender:
    """Who sends something to which execution, from where, and the log that takes it.

    `key` is the sender's own id of it, unique per principal and execution whatever it came by; None
    if they gave none.
    """

    log: EventLog
    audit: Audit
    actor: Actor
    execution_id: UUID
    key: str | None = None

    async def check(self, uow: UnitOfWork, act: str) -> None:
        """See that they may act on it; what only an administrator may is noted, as what they tried.

        Raises:
            NotFound: there is none that they may see.
            Forbidden: they may see it, and not act on it.
        """
        right, id_ = Right.ACT, self.execution_id
        view = await executions.get(uow, id_, self.principal, right=right, whole=False)
        if view.standing.only_as_administrator(right):
            action, subject = Action.EXECUTION_ADMINISTERED, f"execution {id_}"
            await self.audit.note(uow, action, self.actor, subject=subject, act=act)

    @property
    def principal(self) -> Principal:
        """Who sends it."""
        return self.actor.person

    def command(self, digest: bytes) -> CommandKey:
        """Return what makes a repeat known.

        Without an id of the sender's one is made, so that a commit whose outcome was lost is found
        again and not made twice.
        """
        scope = f"execution {self.principal.user_id} {self.execution_id}"
        return CommandKey(scope, self.key or str(self.audit.ids.new()), digest)

    async def write(self, uow: UnitOfWork, unit: Unit) -> int:
        """Write the unit, and return the log's head after it; a repeat gets the first outcome.

        Raises:
            Unprocessable: the id was used before, for something else.
            RuncastError: whatever the unit refuses; nothing was written.
        """
        await uow.commit()
        outcome = await self.log.write(unit)
        head: int = outcome.outcome if isinstance(outcome, Repeat) else outcome
        return head


async def outcome(uow: UnitOfWork, command: CommandKey) -> Any | None:
    """Return what became of this command, if it was carried out before.

    Raises:
        Unprocessable: the id was used before, for something else.
    """
    statement = select(Command.digest, Command.outcome).where(
        Command.scope == command.scope, Command.key == command.key
    )
    found = (await uow.session.execute(statement)).one_or_none()
    return None if found is None else command.earlier(found.digest, found.outcome)


def digest(*content: Any) -> bytes:
    """Return what tells this content from any other, whatever the order of its members."""
    return hashlib.sha256(orjson.dumps(content, option=orjson.OPT_SORT_KEYS)).digest()


def document(value: Any) -> str:
    """Return a document that somebody sends as JSON text.

    Raises:
        TooLarge: it is over 64 KiB.
        InvalidDocument: it is nothing that `runcast.strict_json` keeps.
    """
    text = orjson.dumps(value)
    if len(text) > MAX_DOCUMENT_BYTES:
        raise TooLarge(f"what is sent to an execution holds at most {MAX_DOCUMENT_BYTES} bytes")
    # Walked only once it is known to be small.
    strict_json.check(value)
    return text.decode()
