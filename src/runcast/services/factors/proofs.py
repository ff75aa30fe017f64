"""Proving again who one is, before what is sensitive (OWASP ASVS 5, 7.5.1).

A session that was stolen in an unlocked room, or by a script, can do everything but what locks its owner
out: for that its person has proved who they are a short while ago, or does it now.
"""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select, update

from runcast.database import UnitOfWork
from runcast.errors import InvalidToken, ProofRequired, Unprocessable
from runcast.models import Session, User
from runcast.services import ways_in
from runcast.services.audit import Action, Actor
from runcast.services.factors import passkey_proofs, recovery_codes, totp
from runcast.services.factors.prover import Prover
from runcast.services.factors.relying_party import RelyingParty
from runcast.services.passwords import Passwords
from runcast.services.principals import Client, Principal
from runcast.services.sessions import changed


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is shown: one of these. A passkey, as a browser's JSON, comes with its challenge's code."""

    password: str | None = None
    otp: str | None = None
    recovery_code: str | None = None
    passkey: str | None = None
    code: str | None = None


async def require_fresh(uow: UnitOfWork, prover: Prover, principal: Principal) -> None:
    """Return if this person has proved who they are a short while ago.

    The local credential is of no session, and whoever may read it may write to the database anyway.

    Raises:
        InvalidToken: the session has ended meanwhile.
        ProofRequired: that is too long ago.
    """
    if principal.session_id is None:
        return
    proved = func.coalesce(Session.proved_at, Session.created_at, type_=Session.created_at.type)
    this = (Session.id == principal.session_id, Session.ended_at.is_(None))
    moment = await uow.session.scalar(select(proved).where(*this))
    if moment is None:
        raise InvalidToken("the session has ended")
    if moment <= prover.clock.now() - prover.proof:
        raise ProofRequired("prove who you are at POST /api/auth/prove, and ask again")


async def prove(
    uow: UnitOfWork,
    prover: Prover,
    passwords: Passwords,
    party: RelyingParty | None,
    actor: Actor,
    *,
    principal: Principal,
    evidence: Evidence,
) -> None:
    """Note that this person has proved who they are just now.

    Raises:
        Unprocessable: what is shown does not prove it.
        Unavailable: too many passwords are being checked.
    """
    its = await _proved(
        uow,
        prover,
        passwords,
        party,
        actor.client,
        user_id=principal.user_id,
        evidence=evidence,
    )
    subject = f"session {principal.session_id}"
    if not its:
        await prover.audit.note(uow, Action.PROOF_REFUSED, actor, subject=subject)
        await uow.commit()
        raise Unprocessable("that does not prove it")
    this = (Session.id == principal.session_id, Session.ended_at.is_(None))
    await changed(uow, update(Session).where(*this).values(proved_at=prover.clock.now()))
    await prover.audit.note(uow, Action.PROVED, actor, subject=subject)


async def _proved(
    uow: UnitOfWork,
    prover: Prover,
    passwords: Passwords,
    party: RelyingParty | None,
    client: Client,
    *,
    user_id: UUID,
    evidence: Evidence,
) -> bool:
    if evidence.password is not None:
        return await _is_password(uow, passwords, client, user_id, evidence.password)
    # Whoever ends sessions and factors holds it too: nobody waits for them in a circle.
    await ways_in.hold(uow, user_id)
    if evidence.otp is not None:
        return await totp.take(uow, prover, user_id, evidence.otp)
    if evidence.recovery_code is not None:
        return await recovery_codes.take(uow, user_id, evidence.recovery_code)
    if evidence.passkey is None or evidence.code is None or party is None:
        return False
    verified = await passkey_proofs.by_challenge(
        uow,
        prover,
        party,
        client,
        code=evidence.code,
        text=evidence.passkey,
        user_id=user_id,
    )
    return verified is not None


async def _is_password(
    uow: UnitOfWork, passwords: Passwords, client: Client, user_id: UUID, password: str
) -> bool:
    stored = await uow.session.scalar(select(User.password_hash).where(User.id == user_id))
    await uow.commit()
    return await passwords.verify(password, stored, client)
