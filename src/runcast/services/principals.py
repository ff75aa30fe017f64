"""Who acts, from where, and who only watches. Pure values."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Client:
    """From where someone asks: what the request says of itself."""

    user_agent: str
    address: str


@dataclass(frozen=True, slots=True)
class Principal:
    """Who acts, by a session or by a key; by neither for the local credential, which ends never.

    Attributes:
        is_admin: whether they act as an administrator; with a key nobody does.
        expires_at: when the credential ends, if it does so by itself.
        scopes: what it may be used for; None for everything.
        signed_by: the key that signed the token, where there is one.
    """

    user_id: UUID
    email: str
    name: str
    is_admin: bool
    session_id: UUID | None
    expires_at: datetime | None
    key_id: UUID | None = None
    scopes: frozenset[str] | None = None
    signed_by: str | None = None

    @property
    def subject(self) -> UUID:
        """What stays the same when the credential is renewed."""
        return self.user_id


@dataclass(frozen=True, slots=True)
class Shared:
    """Who has a link to one execution, and watches it; who that is, nobody knows."""

    share_id: UUID
    execution_id: UUID
    expires_at: datetime | None

    @property
    def subject(self) -> UUID:
        """What stays the same when the credential is renewed."""
        return self.share_id


Viewer = Principal | Shared
"""Whoever has shown a credential. Reading takes either, and None for those who have shown none."""


@dataclass(frozen=True, slots=True)
class Spent:
    """What a ticket stood for: a session or a key, or the user of the local credential."""

    user_id: UUID
    session_id: UUID | None
    key_id: UUID | None
    expires_at: datetime | None
    signed_by: str | None = None


@dataclass(frozen=True, slots=True)
class LocalAccess:
    """The local credential and the user that it speaks for."""

    token: str
    user_id: UUID
