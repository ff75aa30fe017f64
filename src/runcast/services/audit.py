"""The audit log: each act on accounts, credentials, roles and sharing leaves one entry, in its own commit.

An entry holds ids, addresses and names, and never a secret: no password, token, code or key.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID

from runcast.clock import Clock
from runcast.database import UnitOfWork
from runcast.ids import Ids
from runcast.models import AuditEntry
from runcast.services.principals import Client, Principal


class Action(StrEnum):
    """What somebody did, or tried to: `noun.verb`, in the past."""

    REGISTERED = "account.registered"
    SETUP_TOKEN_REFUSED = "setup_token.refused"  # noqa: S105 - the name of an act
    ADMIN_GRANTED = "admin.granted"
    ADMIN_WITHDRAWN = "admin.withdrawn"
    ACCOUNT_DISABLED = "account.disabled"
    ACCOUNT_ENABLED = "account.enabled"
    ACCOUNT_CHANGED = "account.changed"
    SIGNED_IN = "session.opened"
    SIGN_IN_FAILED = "session.refused"
    SESSION_ENDED = "session.ended"
    SESSIONS_ENDED = "sessions.ended"
    REFRESH_REPLAYED = "session.replayed"
    PASSWORD_CHANGED = "password.changed"  # noqa: S105 - the name of an act
    PASSWORD_REFUSED = "password.refused"  # noqa: S105 - the name of an act
    PROVED = "session.proved"
    PROOF_REFUSED = "session.unproved"
    FACTOR_ADDED = "factor.added"
    FACTOR_REMOVED = "factor.removed"
    FACTOR_REFUSED = "factor.refused"
    FACTORS_RESET = "factors.reset"
    RECOVERY_CODES_MADE = "recovery_codes.made"
    PASSKEY_CHANGED = "passkey.changed"
    PASSKEY_COPIED = "passkey.copied"
    IDENTITY_LINKED = "identity.linked"
    IDENTITY_REMOVED = "identity.removed"
    REGISTERED_AGAIN = "account.registered_again"
    ADDRESS_VERIFIED = "address.verified"
    ADDRESS_CHANGE_ASKED = "address.change_asked"
    ADDRESS_CHANGED = "address.changed"
    RESET_ASKED = "password.reset_asked"
    PASSWORD_RESET = "password.reset"  # noqa: S105 - the name of an act
    INVITATION_MADE = "invitation.made"
    INVITATION_ENDED = "invitation.ended"
    INVITATION_ACCEPTED = "invitation.accepted"
    KEY_MADE = "key.made"
    KEY_DELETED = "key.deleted"
    SHARE_MADE = "share.made"
    SHARE_ENDED = "share.ended"
    SIGNING_KEY_ROTATED = "signing_key.rotated"
    VISIBILITY_CHANGED = "visibility.changed"
    TEAM_MADE = "team.made"
    TEAM_CHANGED = "team.changed"
    TEAM_DELETED = "team.deleted"
    ROLE_CHANGED = "role.changed"
    MEMBER_REMOVED = "member.removed"
    EXECUTION_ADMINISTERED = "execution.administered"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts, and from where; `principal` is None where nobody is signed in."""

    client: Client
    principal: Principal | None = None

    @property
    def person(self) -> Principal:
        """Who is signed in; for acts that nobody else gets to do."""
        assert self.principal is not None
        return self.principal


@dataclass(frozen=True, slots=True)
class Audit:
    """Writes entries."""

    clock: Clock
    ids: Ids

    async def note(
        self,
        uow: UnitOfWork,
        action: Action,
        actor: Actor,
        *,
        user_id: UUID | None = None,
        subject: str | None = None,
        **details: Any,
    ) -> None:
        """Add an entry to what the unit commits.

        Args:
            user_id: who acts, where that is known otherwise than by a credential.
            subject: what is acted on: a noun, a space and its id.
            details: what else one would want to know, and may: never a secret.
        """
        by = actor.principal
        entry = AuditEntry(
            id=self.ids.new(),
            at=self.clock.now(),
            action=action,
            user_id=user_id if by is None else by.user_id,
            session_id=None if by is None else by.session_id,
            key_id=None if by is None else by.key_id,
            address=actor.client.address,
            user_agent=actor.client.user_agent,
            subject=subject,
            details=details,
        )
        uow.session.add(entry)
        await uow.session.flush()
