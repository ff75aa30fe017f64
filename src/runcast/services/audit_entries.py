"""Entries of the audit log as they are read, and what the ids in them are called now."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select

from runcast.database import UnitOfWork
from runcast.models import (
    ApiKey,
    Execution,
    Identity,
    Invitation,
    Item,
    Passkey,
    Session,
    Team,
    User,
)

# By the noun of a subject. A session is called by whose it is, an execution by its handler.
_NAMES: dict[str, Select[UUID, str]] = {
    "user": select(User.id, User.email),
    "session": select(Session.id, User.email).join(User, User.id == Session.user_id),
    "key": select(ApiKey.id, ApiKey.name),
    "passkey": select(Passkey.id, Passkey.name),
    "identity": select(Identity.id, Identity.provider),
    "invitation": select(Invitation.id, Invitation.email),
    "team": select(Team.id, Team.name),
    "item": select(Item.id, Item.name),
    "execution": select(Execution.id, Execution.handler),
}
# Which noun's id a detail holds.
_DETAILS = {"of": "user", "member": "user", "team": "team", "passkey": "passkey"}


@dataclass(frozen=True, slots=True)
class Entry:
    """One act: by whom, from where, on what. `names` says what ids in it are called now."""

    id: UUID
    at: datetime
    action: str
    user_id: UUID | None
    session_id: UUID | None
    key_id: UUID | None
    address: str
    user_agent: str
    subject: str | None
    details: dict[str, Any]
    names: dict[UUID, str] = field(default_factory=dict)


async def named(uow: UnitOfWork, entries: list[Entry]) -> list[Entry]:
    """Return the entries with what each of their ids is called now, if it is called anything."""
    names = await _names(uow, (mention for entry in entries for mention in _mentions(entry)))
    return [
        replace(entry, names={id_: names[id_] for _, id_ in _mentions(entry) if id_ in names})
        for entry in entries
    ]


async def _names(uow: UnitOfWork, mentions: Iterable[tuple[str, UUID]]) -> dict[UUID, str]:
    """Return the names, by one statement for each noun."""
    ids: dict[str, set[UUID]] = defaultdict(set)
    for noun, id_ in mentions:
        ids[noun].add(id_)
    names: dict[UUID, str] = {}
    for noun, statement in _NAMES.items():
        if noun in ids:
            key = statement.selected_columns[0]
            found = await uow.session.execute(statement.where(key.in_(ids[noun])))
            names.update((id_, name) for id_, name in found)
    return names


def _mentions(entry: Entry) -> Iterator[tuple[str, UUID]]:
    """Yield the nouns and ids of which the entry tells."""
    noun, _, subject = (entry.subject or "").partition(" ")
    told = [(noun, subject), ("user", entry.user_id), ("key", entry.key_id)]
    told += [(noun, entry.details.get(name)) for name, noun in _DETAILS.items()]
    for noun, id_ in told:
        if (mentioned := _uuid(id_)) is not None:
            yield noun, mentioned


def _uuid(value: object) -> UUID | None:
    """Return the id that this is; some things are called otherwise, as signing keys are."""
    try:
        return UUID(str(value))
    except ValueError:
        return None
