"""The second step of a sign-in: what is asked for after a password, and what is taken.

Between the steps stands a token that says who has passed the first, good for five minutes, for as long as
the password stays the same, and for five wrong answers. Whoever has none learns nothing about anybody's
factors.
"""

import base64
import hashlib
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select

from runcast.database import UnitOfWork
from runcast.errors import InvalidGrant, MfaFailed, MfaRequired
from runcast.models import User
from runcast.services import one_time, sessions, ways_in
from runcast.services.audit import Action, Actor
from runcast.services.factors import (
    challenges,
    factors,
    passkey_proofs,
    passkeys,
    recovery_codes,
    totp,
    webauthn_options,
)
from runcast.services.factors.factors import Overview
from runcast.services.factors.prover import Prover
from runcast.services.factors.relying_party import RelyingParty
from runcast.services.mail import notices
from runcast.services.mail.notices import Notice
from runcast.services.one_time import Known, Purpose
from runcast.services.principals import Client
from runcast.services.sessions import Grant, Issuer

LIFETIME = timedelta(minutes=5)
TRIES = 5
_FIRST, _OTP = "pwd", "otp mfa"


@dataclass(frozen=True, slots=True)
class Answer:
    """What is shown at the second step: one of these, the passkey as a browser's JSON."""

    otp: str | None = None
    recovery_code: str | None = None
    passkey: str | None = None


async def ask(uow: UnitOfWork, prover: Prover, party: RelyingParty | None, user_id: UUID) -> None:
    """Return if the password was enough for this person.

    Args:
        party: for whom a passkey could be shown there; None where it cannot.

    Raises:
        MfaRequired: it was not; what was done so far is committed.
    """
    held = await factors.overview(uow, user_id)
    if not held.has_second:
        return
    challenge = challenges.new_value()
    data = {
        "password": await _fingerprint(uow, user_id),
        "challenge": base64.b64encode(challenge).decode(),
        "wrong": 0,
    }
    token = await one_time.issue(
        uow, prover.clock, Purpose.SECOND_FACTOR, LIFETIME, user_id=user_id, data=data
    )
    options = None
    if held.passkeys and party is not None:
        allowed = await passkeys.credentials(uow, user_id)
        options = webauthn_options.request_options(party, challenge, allowed)
    await uow.commit()
    raise MfaRequired(token, _ways(held, with_passkey=options is not None), options)


async def finish(
    uow: UnitOfWork,
    issuer: Issuer,
    prover: Prover,
    party: RelyingParty | None,
    client: Client,
    *,
    token: str,
    answer: Answer,
) -> Grant:
    """Open a session for who has passed both steps.

    Raises:
        InvalidGrant: the token is not, or no longer, good: begin with the first step.
        MfaFailed: the answer is wrong; the token holds for a few more.
    """
    held = await _held(uow, prover, token)
    if held is None or held.user_id is None:
        raise _over()
    if await _fingerprint(uow, held.user_id) != held.data["password"]:
        raise _over()
    shown = await _taken(
        uow, prover, party, client, user_id=held.user_id, data=held.data, answer=answer
    )
    if shown is None:
        raise await _counted(uow, prover, client, token, held)
    await one_time.spend(uow, prover.clock, Purpose.SECOND_FACTOR, token)
    if answer.recovery_code is not None:
        await notices.send(
            uow, prover.clock, prover.mailer, held.user_id, Notice.RECOVERY_CODE_USED
        )
    methods = f"{_FIRST} {shown}"
    return await sessions.open_session(uow, issuer, held.user_id, client, methods=methods)


async def _held(uow: UnitOfWork, prover: Prover, token: str) -> Known | None:
    """Hold the user's row, then the token: who changes the password or ends credentials goes this way too."""
    known = await one_time.peek(uow, prover.clock, Purpose.SECOND_FACTOR, token)
    if known is None or known.user_id is None:
        return None
    await ways_in.hold(uow, known.user_id)
    return await one_time.hold(uow, prover.clock, Purpose.SECOND_FACTOR, token)


async def _taken(
    uow: UnitOfWork,
    prover: Prover,
    party: RelyingParty | None,
    client: Client,
    *,
    user_id: UUID,
    data: dict[str, Any],
    answer: Answer,
) -> str | None:
    """Return what the answer proves; None if nothing."""
    if answer.otp is not None:
        return _OTP if await totp.take(uow, prover, user_id, answer.otp) else None
    if answer.recovery_code is not None:
        return _OTP if await recovery_codes.take(uow, user_id, answer.recovery_code) else None
    if answer.passkey is None or party is None:
        return None
    challenge = base64.b64decode(data["challenge"])
    verified = await passkey_proofs.take(
        uow, prover, party, client, challenge=challenge, text=answer.passkey, user_id=user_id
    )
    return None if verified is None else verified.methods


async def _counted(
    uow: UnitOfWork, prover: Prover, client: Client, token: str, held: Known
) -> MfaFailed | InvalidGrant:
    """Count a wrong answer, and return its refusal; the last one ends the token."""
    wrong = held.data["wrong"] + 1
    if wrong < TRIES:
        await one_time.amend(uow, token, {**held.data, "wrong": wrong})
    else:
        await one_time.spend(uow, prover.clock, Purpose.SECOND_FACTOR, token)
    subject = f"user {held.user_id}"
    await prover.audit.note(uow, Action.FACTOR_REFUSED, Actor(client), subject=subject)
    await uow.commit()
    return (
        _over()
        if wrong >= TRIES
        else MfaFailed("That is not it, or has been used, or too many codes were wrong before it.")
    )


async def _fingerprint(uow: UnitOfWork, user_id: UUID) -> str | None:
    """Return what changes when somebody's password does; None of who may not sign in."""
    theirs = (User.id == user_id, User.disabled_at.is_(None))
    row: Any = (await uow.session.execute(select(User.password_hash).where(*theirs))).first()
    if row is None:
        return None
    return hashlib.sha256((row.password_hash or "").encode()).hexdigest()


def _ways(held: Overview, *, with_passkey: bool) -> tuple[str, ...]:
    ways = {
        "otp": held.totp_confirmed_at is not None,
        "recovery": held.recovery_codes > 0,
        "passkey": with_passkey,
    }
    return tuple(name for name, there in ways.items() if there)


def _over() -> InvalidGrant:
    return InvalidGrant("The sign-in is over; begin with the first step.")
