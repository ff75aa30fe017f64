"""What somebody has besides a password, and what follows when one of it comes or goes.

A confirmed authenticator app is a second factor, and so is a passkey. Who has either is asked for one after
a password. Recovery codes come with the first of them and go with the last.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from runcast.database import UnitOfWork
from runcast.errors import Conflict, NotFound
from runcast.services import acting, ways_in
from runcast.services.audit import Action, Actor
from runcast.services.factors import passkeys, recovery_codes, totp
from runcast.services.factors.passkeys import PasskeyView
from runcast.services.factors.prover import Prover
from runcast.services.factors.relying_party import RelyingParty
from runcast.services.mail import notices
from runcast.services.mail.notices import Notice


@dataclass(frozen=True, slots=True)
class Overview:
    """What somebody has; `recovery_codes` are those that are left."""

    has_password: bool
    totp_confirmed_at: datetime | None
    recovery_codes: int
    passkeys: tuple[PasskeyView, ...]

    @property
    def has_second(self) -> bool:
        """Whether a password alone signs nobody in."""
        return self.totp_confirmed_at is not None or bool(self.passkeys)


async def overview(uow: UnitOfWork, user_id: UUID) -> Overview:
    """Return what somebody has."""
    return Overview(
        has_password=await ways_in.has_password(uow, user_id),
        totp_confirmed_at=await totp.confirmed_at(uow, user_id),
        recovery_codes=await recovery_codes.left(uow, user_id),
        passkeys=tuple(await passkeys.list_own(uow, user_id)),
    )


async def confirm_totp(
    uow: UnitOfWork, prover: Prover, actor: Actor, user_id: UUID, code: str
) -> tuple[str, ...]:
    """Confirm one's authenticator app, and return new recovery codes.

    Raises:
        NotFound: none has been begun.
        Unprocessable: this is not its code now.
        InvalidToken: their session has ended meanwhile.
    """
    await acting.hold(uow, actor.person)
    await totp.confirm(uow, prover, user_id, code)
    await _note(uow, prover, actor, Action.FACTOR_ADDED, user_id, factor="totp")
    await notices.send(uow, prover.clock, prover.mailer, user_id, Notice.FACTOR_ADDED)
    return await recovery_codes.renew(uow, user_id)


async def remove_totp(uow: UnitOfWork, prover: Prover, actor: Actor, user_id: UUID) -> None:
    """Remove one's authenticator app.

    Raises:
        NotFound: one has none.
        InvalidToken: their session has ended meanwhile.
    """
    await acting.hold(uow, actor.person)
    if not await totp.remove(uow, user_id):
        raise NotFound("you have no authenticator app")
    await _drop_codes_after_the_last(uow, user_id)
    await _note(uow, prover, actor, Action.FACTOR_REMOVED, user_id, factor="totp")
    await notices.send(uow, prover.clock, prover.mailer, user_id, Notice.FACTOR_REMOVED)


async def renew_codes(
    uow: UnitOfWork, prover: Prover, actor: Actor, user_id: UUID
) -> tuple[str, ...]:
    """Return new recovery codes; the old ones are good no more.

    Raises:
        Conflict: there is no second factor that they could stand in for.
        InvalidToken: their session has ended meanwhile.
    """
    await acting.hold(uow, actor.person)
    if not (await overview(uow, user_id)).has_second:
        raise Conflict("you have no second factor; recovery codes come with the first one")
    await _note(uow, prover, actor, Action.RECOVERY_CODES_MADE, user_id)
    await notices.send(uow, prover.clock, prover.mailer, user_id, Notice.RECOVERY_CODES_MADE)
    return await recovery_codes.renew(uow, user_id)


async def add_passkey(
    uow: UnitOfWork,
    prover: Prover,
    party: RelyingParty,
    actor: Actor,
    user_id: UUID,
    *,
    code: str,
    credential: dict[str, Any],
    name: str,
) -> tuple[PasskeyView, tuple[str, ...] | None]:
    """Add a passkey, and return it; with recovery codes, if it is the first second factor.

    Raises:
        Unprocessable: the code is not good, or what was made is no passkey for it.
        Conflict: it is known already, or this person has as many as one can have.
        InvalidToken: their session has ended meanwhile.
    """
    made = await passkeys.add(
        uow, prover, party, actor.person, code=code, credential=credential, name=name
    )
    added = {"factor": "passkey", "passkey": str(made.id), "name": name}
    await _note(uow, prover, actor, Action.FACTOR_ADDED, user_id, **added)
    await notices.send(uow, prover.clock, prover.mailer, user_id, Notice.FACTOR_ADDED)
    if await recovery_codes.left(uow, user_id) or await totp.confirmed_at(uow, user_id):
        return made, None
    return made, await recovery_codes.renew(uow, user_id)


async def rename_passkey(
    uow: UnitOfWork,
    prover: Prover,
    actor: Actor,
    user_id: UUID,
    passkey_id: UUID,
    *,
    name: str,
) -> PasskeyView:
    """Call one of one's passkeys something else.

    Raises:
        NotFound: one has no such passkey.
    """
    renamed = await passkeys.rename(uow, user_id, passkey_id, name)
    told = {"passkey": str(passkey_id), "name": name}
    await _note(uow, prover, actor, Action.PASSKEY_CHANGED, user_id, **told)
    return renamed


async def remove_passkey(
    uow: UnitOfWork, prover: Prover, actor: Actor, user_id: UUID, passkey_id: UUID
) -> None:
    """Remove one of one's passkeys.

    Raises:
        NotFound: one has no such passkey.
        Conflict: it is one's last way to sign in.
        InvalidToken: their session has ended meanwhile.
    """
    await acting.hold(uow, actor.person)
    await passkeys.remove(uow, user_id, passkey_id)
    await ways_in.check_left(uow, user_id)
    await _drop_codes_after_the_last(uow, user_id)
    told = {"factor": "passkey", "passkey": str(passkey_id)}
    await _note(uow, prover, actor, Action.FACTOR_REMOVED, user_id, **told)
    await notices.send(uow, prover.clock, prover.mailer, user_id, Notice.FACTOR_REMOVED)


async def _drop_codes_after_the_last(uow: UnitOfWork, user_id: UUID) -> None:
    if not (await overview(uow, user_id)).has_second:
        await recovery_codes.remove(uow, user_id)


async def _note(
    uow: UnitOfWork,
    prover: Prover,
    actor: Actor,
    action: Action,
    user_id: UUID,
    **details: Any,
) -> None:
    await prover.audit.note(uow, action, actor, subject=f"user {user_id}", **details)
