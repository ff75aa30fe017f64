"""Who is behind a credential, asked of the database at most every 2 seconds for each.

A signature says who a token was made for; only the rows say whether that still holds (law 12). Reads
go by the hot path, so that no request and no socket holds a session for it.
"""

import hmac
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from runcast.clock import Clock
from runcast.errors import Forbidden, InvalidToken
from runcast.services import key_texts, random_tokens
from runcast.services.live_credentials import LiveCredentials
from runcast.services.principals import LocalAccess, Principal, Spent, Viewer
from runcast.services.signing.tokens import AccessTokens

CACHE_SECONDS = 2.0
CACHE_SIZE = 10_000


class Credentials:
    """Turns credentials into principals, and share links into those who have them.

    Args:
        live: reads what the rows say.
        tokens: reads access tokens.
        clock: judges expiry and the age of what is cached.
        local: the local credential, where there is one.
    """

    def __init__(
        self,
        live: LiveCredentials,
        tokens: AccessTokens,
        clock: Clock,
        *,
        local: LocalAccess | None = None,
    ) -> None:
        self._live = live
        self._tokens = tokens
        self._clock = clock
        self._local = local
        self._cache: OrderedDict[bytes, tuple[float, Viewer]] = OrderedDict()
        self._uses: dict[UUID, datetime] = {}

    async def principal(self, token: str) -> Principal:
        """Return who acts by a credential that is good now, or was within the last 2 seconds.

        Raises:
            InvalidToken: it is not, or no longer, good.
            Forbidden: it is a share link's, by which nobody acts.
        """
        viewer = await self.viewer(token)
        if isinstance(viewer, Principal):
            return viewer
        raise Forbidden("a share link watches its execution, and does nothing else")

    async def viewer(self, token: str) -> Viewer:
        """Return who acts, or watches, by a credential that is good, or was within the last 2 seconds.

        Raises:
            InvalidToken: it is not, or no longer, good.
        """
        digest = random_tokens.hash_of(token)
        return self._remembered(digest) or await self._looked_up(digest, token)

    async def still_good(self, viewers: Iterable[Viewer]) -> set[Viewer]:
        """Return those whose credentials and rights still hold.

        For the look at all open sockets and streams; nothing is cached here.
        """
        good = await self._live.still_good(viewers)
        kids = self._tokens.good_kids()
        return {viewer for viewer in good if _signed_by(viewer) in kids}

    async def holder(self, spent: Spent) -> Principal:
        """Return who acts by the credential that a ticket stood for.

        Raises:
            InvalidToken: that has ended.
        """
        principal = await self._by_ids(
            spent.user_id, spent.expires_at, session_id=spent.session_id, key_id=spent.key_id
        )
        expired = spent.expires_at is not None and spent.expires_at <= self._clock.now()
        if principal is None or expired or spent.signed_by not in self._tokens.good_kids():
            raise InvalidToken("the credential has ended")
        return replace(principal, signed_by=spent.signed_by)

    def forget(self, ended: Iterable[UUID]) -> None:
        """Drop what is cached of these sessions, keys and shares, so that their end is felt here at once."""
        ids = set(ended)
        self._forget(lambda viewer: not ids.isdisjoint(_ids(viewer)))

    def forget_user(self, user_id: UUID) -> None:
        """Drop what is cached of this user, whose name or rights changed."""
        self._forget(lambda viewer: viewer.subject == user_id)

    def take_uses(self) -> dict[UUID, datetime]:
        """Return when keys were used since this was asked last."""
        uses, self._uses = self._uses, {}
        return uses

    def _forget(self, is_meant: Callable[[Viewer], bool]) -> None:
        for digest in [d for d, (_, viewer) in self._cache.items() if is_meant(viewer)]:
            del self._cache[digest]

    def _remembered(self, digest: bytes) -> Viewer | None:
        asked_at, viewer = self._cache.get(digest, (0.0, None))
        if viewer is None or self._clock.monotonic() - asked_at > CACHE_SECONDS:
            return None
        expired = viewer.expires_at is not None and viewer.expires_at <= self._clock.now()
        return None if expired else viewer

    async def _looked_up(self, digest: bytes, token: str) -> Viewer:
        # The age counts from before the reading, so that the bound holds however long it takes.
        asked_at = self._clock.monotonic()
        viewer = await self._read(token)
        if viewer is None:
            self._cache.pop(digest, None)
            raise InvalidToken("the credential has ended")
        self._remember(digest, asked_at, viewer)
        return viewer

    def _remember(self, digest: bytes, asked_at: float, viewer: Viewer) -> None:
        self._cache[digest] = (asked_at, viewer)
        self._cache.move_to_end(digest)
        if len(self._cache) > CACHE_SIZE:
            self._cache.popitem(last=False)

    async def _read(self, token: str) -> Viewer | None:
        """Return who it is; each kind of credential that is added gets its line here."""
        if token.startswith(key_texts.PREFIX):
            return await self._by_key(token)
        if token.startswith(random_tokens.SHARE):
            return await self._live.by_share(random_tokens.hash_of(token))
        if self._local is not None and _same(token, self._local.token):
            return await self._by_ids(self._local.user_id, None)
        return await self._by_token(token)

    async def _by_token(self, token: str) -> Principal | None:
        claims = await self._tokens.read(token)
        principal = await self._by_ids(
            claims.user_id, claims.expires_at, session_id=claims.session_id
        )
        return None if principal is None else replace(principal, signed_by=claims.kid)

    async def _by_key(self, text: str) -> Principal | None:
        if not key_texts.is_well_formed(text):
            raise InvalidToken("this is no API key")
        live = await self._live.by_key(random_tokens.hash_of(text))
        if live is None or live.key_id is None:
            return None
        self._uses[live.key_id] = self._clock.now()
        return live.principal(live.expires_at)

    async def _by_ids(
        self,
        user_id: UUID,
        expires_at: datetime | None,
        *,
        session_id: UUID | None = None,
        key_id: UUID | None = None,
    ) -> Principal | None:
        by_user = session_id is None and key_id is None
        found = await self._live.by_ids(
            sessions=() if session_id is None else (session_id,),
            keys=() if key_id is None else (key_id,),
            users=(user_id,) if by_user else (),
        )
        if not found or found[0].user_id != user_id:
            return None
        return found[0].principal(expires_at)


def _same(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode("utf-8", "surrogatepass"), other.encode())


def _signed_by(viewer: Viewer) -> str | None:
    return viewer.signed_by if isinstance(viewer, Principal) else None


def _ids(viewer: Viewer) -> tuple[UUID | None, ...]:
    if isinstance(viewer, Principal):
        return viewer.session_id, viewer.key_id
    return (viewer.share_id,)
