"""The rows that say whether a credential still holds, read by the hot path, many at once."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import and_, bindparam, cast, null, or_, select, union_all

from runcast.clock import Clock
from runcast.database import Database
from runcast.database.any_of import any_of
from runcast.database.prepared_reads import PreparedRead
from runcast.models import ApiKey, Execution, Member, Session, Share, User
from runcast.services.permissions import RELATIONS, RIGHTS, Right, Role
from runcast.services.principals import Principal, Shared, Viewer

_now = bindparam("now", type_=Session.expires_at.type)
_USER = (User.id, User.email, User.name, User.is_admin)
_NO_SESSION = cast(null(), Session.id.type)
_NO_KEY = tuple(cast(null(), c.type) for c in (ApiKey.id, ApiKey.expires_at, ApiKey.scopes))
_SESSIONS = (
    select(Session.id, *_USER, *_NO_KEY)
    .join(User, User.id == Session.user_id)
    .where(
        any_of(Session.id, "sessions"),
        Session.ended_at.is_(None),
        Session.expires_at > _now,
        Session.last_used_at > bindparam("idle_since", type_=Session.last_used_at.type),
        User.disabled_at.is_(None),
    )
)
_USERS = select(_NO_SESSION, *_USER, *_NO_KEY).where(
    any_of(User.id, "users"), User.disabled_at.is_(None)
)
_KEYS = (
    select(_NO_SESSION, *_USER, ApiKey.id, ApiKey.expires_at, ApiKey.scopes)
    .join(User, User.id == ApiKey.user_id)
    .where(or_(ApiKey.expires_at.is_(None), ApiKey.expires_at > _now), User.disabled_at.is_(None))
)
_PUBLISHERS = [str(role) for role in Role if Right.PUBLISH in RIGHTS[RELATIONS[role]]]
_is_own = and_(Execution.team_id.is_(None), Execution.owner_id == Share.created_by)
# A share holds as long as its maker may make one.
_SHARES = (
    select(Share.id, Share.execution_id, Share.expires_at)
    .join(User, User.id == Share.created_by)
    .join(Execution, Execution.id == Share.execution_id)
    .outerjoin(
        Member, and_(Member.team_id == Execution.team_id, Member.user_id == Share.created_by)
    )
    .where(
        or_(Share.expires_at.is_(None), Share.expires_at > _now),
        User.disabled_at.is_(None),
        or_(_is_own, Member.role.in_(_PUBLISHERS)),
    )
)
_BY_IDS = PreparedRead(union_all(_SESSIONS, _USERS, _KEYS.where(any_of(ApiKey.id, "keys"))))
_BY_KEY = PreparedRead(_KEYS.where(ApiKey.hash == bindparam("hash", type_=ApiKey.hash.type)))
_SHARES_BY_IDS = PreparedRead(_SHARES.where(any_of(Share.id, "ids")))
_BY_SHARE = PreparedRead(_SHARES.where(Share.hash == bindparam("hash", type_=Share.hash.type)))


@dataclass(frozen=True, slots=True)
class Live:
    """What the rows say of a session, a key, or the user of the local credential."""

    session_id: UUID | None
    user_id: UUID
    email: str
    name: str
    is_admin: bool
    key_id: UUID | None
    expires_at: datetime | None
    scopes: list[str] | None

    def principal(self, expires_at: datetime | None) -> Principal:
        """Return who acts by it, with a credential that ends then. By a key, nobody as an administrator."""
        return Principal(
            user_id=self.user_id,
            email=self.email,
            name=self.name,
            is_admin=self.is_admin and self.key_id is None,
            session_id=self.session_id,
            expires_at=expires_at,
            key_id=self.key_id,
            scopes=None if self.scopes is None else frozenset(self.scopes),
        )


class LiveCredentials:
    """Asks the database; nothing is remembered here.

    Args:
        idle: a session unused for this long has ended.
    """

    def __init__(self, database: Database, clock: Clock, idle: timedelta) -> None:
        self._database = database
        self._clock = clock
        self._idle = idle

    async def by_ids(
        self,
        *,
        sessions: Iterable[UUID] = (),
        keys: Iterable[UUID] = (),
        users: Iterable[UUID] = (),
    ) -> list[Live]:
        """Return those of these sessions, keys and users that hold."""
        now = self._clock.now()
        rows = await self._database.fetch(
            _BY_IDS,
            sessions=list(sessions),
            users=list(users),
            keys=list(keys),
            now=now,
            idle_since=now - self._idle,
        )
        return [Live(*row) for row in rows]

    async def by_key(self, hashed: bytes) -> Live | None:
        """Return the key of this hash, if it holds."""
        row = await self._database.fetch_one(_BY_KEY, hash=hashed, now=self._clock.now())
        return None if row is None else Live(*row)

    async def by_share(self, hashed: bytes) -> Shared | None:
        """Return the share of this hash, if it holds."""
        row = await self._database.fetch_one(_BY_SHARE, hash=hashed, now=self._clock.now())
        return None if row is None else Shared(*row)

    async def still_good(self, viewers: Iterable[Viewer]) -> set[Viewer]:
        """Return those whose session, key, user, share and rights still hold."""
        now = self._clock.now()
        current = [v for v in viewers if v.expires_at is None or v.expires_at > now]
        principals = [v for v in current if isinstance(v, Principal)]
        shares = {v.share_id: v for v in current if isinstance(v, Shared)}
        return await self._good(principals) | await self._good_shares(shares)

    async def _good(self, principals: list[Principal]) -> set[Viewer]:
        if not principals:
            return set()
        live = await self.by_ids(
            sessions={p.session_id for p in principals if p.session_id is not None},
            keys={p.key_id for p in principals if p.key_id is not None},
            users={p.user_id for p in principals if p.session_id is None and p.key_id is None},
        )
        rights = {(row.session_id, row.key_id, row.user_id): row.is_admin for row in live}
        return {p for p in principals if _holds(p, rights.get(_key(p)))}

    async def _good_shares(self, shares: dict[UUID, Shared]) -> set[Viewer]:
        if not shares:
            return set()
        rows: Any = await self._database.fetch(
            _SHARES_BY_IDS, ids=list(shares), now=self._clock.now()
        )
        return {shares[row[0]] for row in rows}


def _key(principal: Principal) -> tuple[UUID | None, UUID | None, UUID]:
    return principal.session_id, principal.key_id, principal.user_id


def _holds(principal: Principal, is_admin: bool | None) -> bool:
    """Tell whether a principal may go on: its rows are there, and its rights are no fewer."""
    return is_admin is not None and (is_admin or not principal.is_admin)
