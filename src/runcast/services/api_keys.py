"""API keys: programs' credentials, made and ended by the person for whom they act; shown once."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import bindparam, delete, func, select, update

from runcast.database import UnitOfWork
from runcast.errors import Conflict, NotFound, Unprocessable
from runcast.models import ApiKey
from runcast.scopes import Scope
from runcast.services import acting, key_texts, random_tokens
from runcast.services.audit import Action, Actor, Audit
from runcast.services.credentials import Credentials
from runcast.services.pages import Cursors, before, newest_page
from runcast.services.principals import Client, Principal
from runcast.services.sessions import changed

MAX_KEYS = 100
_NOTE_USE = (
    update(ApiKey)
    .where(ApiKey.id == bindparam("key", type_=ApiKey.id.type))
    .values(last_used_at=bindparam("used_at", type_=ApiKey.last_used_at.type))
)


@dataclass(frozen=True, slots=True)
class KeyView:
    """A key as its owner sees it after it was made. `hint` is its beginning."""

    id: UUID
    name: str
    hint: str
    scopes: tuple[str, ...]
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None


@dataclass(frozen=True, slots=True)
class KeyRequest:
    """What a key is made for; without `expires_at` it works until it is deleted."""

    name: str
    scopes: Collection[Scope]
    expires_at: datetime | None = None


async def make(
    uow: UnitOfWork, audit: Audit, principal: Principal, request: KeyRequest, *, client: Client
) -> tuple[KeyView, str]:
    """Make a key for the principal, and return it with its text, which nobody can tell again.

    Raises:
        Unprocessable: it would have expired already.
        Conflict: this person has as many keys as one can have.
        InvalidToken: their session has ended meanwhile.
    """
    now, user_id = audit.clock.now(), principal.user_id
    if request.expires_at is not None and request.expires_at <= now:
        raise Unprocessable("expires_at has passed")
    await acting.hold(uow, principal)
    held = await uow.session.scalar(select(func.count()).where(ApiKey.user_id == user_id))
    if (held or 0) >= MAX_KEYS:
        raise Conflict(f"nobody has more than {MAX_KEYS} keys; delete one first")
    text = key_texts.generate()
    key = ApiKey(
        id=audit.ids.new(),
        user_id=user_id,
        name=request.name,
        hint=key_texts.hint(text),
        hash=random_tokens.hash_of(text),
        scopes=sorted(set(request.scopes)),
        created_at=now,
        expires_at=request.expires_at,
        last_used_at=None,
    )
    uow.session.add(key)
    await uow.session.flush()
    await audit.note(
        uow,
        Action.KEY_MADE,
        Actor(client, principal),
        subject=f"key {key.id}",
        name=key.name,
        scopes=key.scopes,
    )
    return _view(key), text


async def list_own(
    uow: UnitOfWork, cursors: Cursors, user_id: UUID, *, limit: int, cursor: str | None
) -> tuple[list[KeyView], str | None]:
    """Return a page of a person's keys, newest first, and the cursor of the next.

    Raises:
        Unprocessable: the cursor is of another list.
    """
    scope = f"keys {user_id}"
    statement = select(ApiKey).where(ApiKey.user_id == user_id).order_by(ApiKey.id.desc())
    if (earlier := before(cursors, scope, cursor)) is not None:
        statement = statement.where(ApiKey.id < earlier)
    found = await uow.session.scalars(statement.limit(limit + 1))
    return newest_page(cursors, scope, [_view(key) for key in found], limit)


async def end(
    uow: UnitOfWork,
    audit: Audit,
    credentials: Credentials,
    principal: Principal,
    key_id: UUID,
    *,
    client: Client,
) -> None:
    """Delete a key of the principal's: requests with it are refused, and what it has opened is closed.

    Raises:
        NotFound: this person has no such key.
    """
    mine = (ApiKey.id == key_id, ApiKey.user_id == principal.user_id)
    if not await changed(uow, delete(ApiKey).where(*mine)):
        raise NotFound("no such key")
    await audit.note(uow, Action.KEY_DELETED, Actor(client, principal), subject=f"key {key_id}")
    uow.after_commit(lambda: credentials.forget([key_id]))


async def note_uses(uow: UnitOfWork, uses: Mapping[UUID, datetime]) -> None:
    """Keep when keys were last used."""
    connection = await uow.session.connection()
    used = [{"key": key_id, "used_at": moment} for key_id, moment in uses.items()]
    await connection.execute(_NOTE_USE, used)


def _view(key: ApiKey) -> KeyView:
    return KeyView(
        id=key.id,
        name=key.name,
        hint=key.hint,
        scopes=tuple(key.scopes),
        created_at=key.created_at,
        expires_at=key.expires_at,
        last_used_at=key.last_used_at,
    )
