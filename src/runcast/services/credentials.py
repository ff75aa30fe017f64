"""Who is behind a credential, asked of the database at most every 2 seconds for each.

A signature says who a token was made for; only the rows say whether that still holds (law 12). Reads
go by the hot path, so that no request and no socket holds a session for it.
"""

import hashlib
import hmac
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, cast, null, select, union_all

from runcast.clock import Clock
from runcast.database import Database
from runcast.database.any_of import any_of
from runcast.database.prepared_reads import PreparedRead
from runcast.errors import InvalidToken
from runcast.models import ApiKey, Session, User
from runcast.services import key_texts
from runcast.services.tokens import AccessTokens

CACHE_SECONDS = 2.0
CACHE_SIZE = 10_000

_USER = (User.id, User.email, User.name, User.is_admin)
_NO_SESSION = cast(null(), Session.id.type)
_NO_KEY = (
    cast(null(), ApiKey.id.type),
    *(cast(null(), c.type) for c in (ApiKey.expires_at, ApiKey.scopes)),
)
_LIVE_SESSIONS = (
    select(Session.id, *_USER, *_NO_KEY)
    .join(User, User.id == Session.user_id)
    .where(
        any_of(Session.id, "sessions"),
        Session.ended_at.is_(None),
        Session.expires_at > bindparam("now", type_=Session.expires_at.type),
        Session.last_used_at > bindparam("idle_since", type_=Session.last_used_at.type),
        User.disabled_at.is_(None),
    )
)
_LIVE_USERS = select(_NO_SESSION, *_USER, *_NO_KEY).where(
    any_of(User.id, "users"), User.disabled_at.is_(None)
)
_KEYS = (
    select(_NO_SESSION, *_USER, ApiKey.id, ApiKey.expires_at, ApiKey.scopes)
    .join(User, User.id == ApiKey.user_id)
    .where(User.disabled_at.is_(None))
)
_LIVE = PreparedRead(union_all(_LIVE_SESSIONS, _LIVE_USERS, _KEYS.where(any_of(ApiKey.id, "keys"))))
_BY_KEY = PreparedRead(_KEYS.where(ApiKey.hash == bindparam("hash", type_=ApiKey.hash.type)))


@dataclass(frozen=True, slots=True)
class Principal:
    """Who acts, by a session or by a key; by neither for the local credential, which ends never.

    Attributes:
        is_admin: whether they act as an administrator; with a key nobody does.
        expires_at: when the credential ends, if it does so by itself.
        scopes: what it may be used for; None for everything.
    """

    user_id: UUID
    email: str
    name: str
    is_admin: bool
    session_id: UUID | None
    expires_at: datetime | None
    key_id: UUID | None = None
    scopes: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class LocalAccess:
    """The local credential and the user that it speaks for."""

    token: str
    user_id: UUID


@dataclass(frozen=True, slots=True)
class _Proof:
    """What a credential proves by itself, before the database is asked whether it still holds."""

    user_id: UUID
    session_id: UUID | None
    expires_at: datetime | None


class Credentials:
    """Turns credentials into principals.

    Args:
        database: where sessions and users are read.
        tokens: reads access tokens.
        clock: judges expiry and the age of what is cached.
        idle: a session unused for this long has ended.
        local: the local credential, where there is one.
    """

    def __init__(
        self,
        database: Database,
        tokens: AccessTokens,
        clock: Clock,
        *,
        idle: timedelta,
        local: LocalAccess | None = None,
    ) -> None:
        self._database = database
        self._tokens = tokens
        self._clock = clock
        self._idle = idle
        self._local = local
        self._cache: OrderedDict[bytes, tuple[float, Principal]] = OrderedDict()
        self._uses: dict[UUID, datetime] = {}

    async def principal(self, token: str) -> Principal:
        """Return who is behind a credential that is good now, or was within the last 2 seconds.

        Raises:
            InvalidToken: it is not, or no longer, good.
        """
        digest = hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()
        return self._remembered(digest) or await self._looked_up(digest, token)

    async def still_good(self, principals: Iterable[Principal]) -> set[Principal]:
        """Return those whose session, user and rights still hold, asked in one statement.

        For the look at all open sockets and streams; nothing is cached here.
        """
        now = self._clock.now()
        current = [p for p in principals if p.expires_at is None or p.expires_at > now]
        rights = {
            (row[0], row[5], row[1]): bool(row[4])
            for row in await self._live(
                sessions={p.session_id for p in current if p.session_id is not None},
                users={p.user_id for p in current if p.session_id is None and p.key_id is None},
                keys={p.key_id for p in current if p.key_id is not None},
            )
        }
        return {p for p in current if _holds(p, rights.get(_key(p)))}

    def forget(self, session_ids: Iterable[UUID]) -> None:
        """Drop what is cached of these sessions, so that their end is felt here at once."""
        ended = set(session_ids)
        for digest in [d for d, (_, p) in self._cache.items() if p.session_id in ended]:
            del self._cache[digest]

    def forget_key(self, key_id: UUID) -> None:
        """Drop what is cached of this key, so that its end is felt here at once."""
        for digest in [d for d, (_, p) in self._cache.items() if p.key_id == key_id]:
            del self._cache[digest]

    def take_uses(self) -> dict[UUID, datetime]:
        """Return when keys were used since this was asked last."""
        uses, self._uses = self._uses, {}
        return uses

    def forget_user(self, user_id: UUID) -> None:
        """Drop what is cached of this user, whose name or rights changed."""
        for digest in [d for d, (_, p) in self._cache.items() if p.user_id == user_id]:
            del self._cache[digest]

    def _remembered(self, digest: bytes) -> Principal | None:
        asked_at, principal = self._cache.get(digest, (0.0, None))
        if principal is None or self._clock.monotonic() - asked_at > CACHE_SECONDS:
            return None
        expired = principal.expires_at is not None and principal.expires_at <= self._clock.now()
        return None if expired else principal

    async def _looked_up(self, digest: bytes, token: str) -> Principal:
        # The age counts from before the reading, so that the bound holds however long it takes.
        asked_at = self._clock.monotonic()
        is_key = token.startswith(key_texts.PREFIX)
        principal = await (self._by_key(token) if is_key else self._by_proof(self._proof(token)))
        if principal is None:
            self._cache.pop(digest, None)
            raise InvalidToken("the credential has ended")
        self._remember(digest, asked_at, principal)
        return principal

    async def _by_proof(self, proof: _Proof) -> Principal | None:
        rows = await self._live(
            sessions=() if proof.session_id is None else (proof.session_id,),
            users=(proof.user_id,) if proof.session_id is None else (),
        )
        return _principal(proof, rows[0]) if rows and rows[0][1] == proof.user_id else None

    async def _by_key(self, text: str) -> Principal | None:
        if not key_texts.is_well_formed(text):
            raise InvalidToken("this is no API key")
        row = await self._database.fetch_one(_BY_KEY, hash=key_texts.hash_of(text))
        now = self._clock.now()
        if row is None or (row[6] is not None and row[6] <= now):
            return None
        _, user_id, email, name, _, key_id, expires_at, scopes = row
        self._uses[key_id] = now
        return Principal(
            user_id=user_id,
            email=email,
            name=name,
            is_admin=False,
            session_id=None,
            expires_at=expires_at,
            key_id=key_id,
            scopes=frozenset(scopes),
        )

    def _remember(self, digest: bytes, asked_at: float, principal: Principal) -> None:
        self._cache[digest] = (asked_at, principal)
        self._cache.move_to_end(digest)
        if len(self._cache) > CACHE_SIZE:
            self._cache.popitem(last=False)

    def _proof(self, token: str) -> _Proof:
        """Return what the credential proves; each kind that is added gets its line here."""
        if self._local is not None and _same(token, self._local.token):
            return _Proof(self._local.user_id, None, None)
        claims = self._tokens.read(token)
        return _Proof(claims.user_id, claims.session_id, claims.expires_at)

    async def _live(
        self, *, sessions: Iterable[UUID], users: Iterable[UUID], keys: Iterable[UUID] = ()
    ) -> Sequence[tuple[Any, ...]]:
        now = self._clock.now()
        return await self._database.fetch(
            _LIVE,
            sessions=list(sessions),
            users=list(users),
            keys=list(keys),
            now=now,
            idle_since=now - self._idle,
        )


def _same(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode("utf-8", "surrogatepass"), other.encode())


def _key(principal: Principal) -> tuple[UUID | None, UUID | None, UUID]:
    return principal.session_id, principal.key_id, principal.user_id


def _holds(principal: Principal, is_admin: bool | None) -> bool:
    """Tell whether a principal may go on: its rows are there, and its rights are no fewer."""
    return is_admin is not None and (is_admin or not principal.is_admin)


def _principal(proof: _Proof, row: tuple[Any, ...]) -> Principal:
    _, _, email, name, is_admin, *_ = row
    return Principal(
        user_id=proof.user_id,
        email=email,
        name=name,
        is_admin=is_admin,
        session_id=proof.session_id,
        expires_at=proof.expires_at,
    )
