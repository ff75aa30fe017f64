"""Signing in by a passkey alone: it is both factors, so nothing is asked for after it."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from runcast.database import UnitOfWork
from runcast.models import User
from runcast.services import grants, sessions
from runcast.services.audit import Action, Actor
from runcast.services.factors import challenges, passkey_proofs, webauthn_options
from runcast.services.factors.prover import Prover
from runcast.services.factors.relying_party import RelyingParty
from runcast.services.principals import Client
from runcast.services.sessions import Grant, Issuer


@dataclass(frozen=True, slots=True)
class Asked:
    """What a page hands to the browser, and the code that comes back with what the browser shows."""

    code: str
    options: dict[str, Any]


def ask(prover: Prover, party: RelyingParty) -> Asked:
    """Return a challenge for whoever has a passkey; nothing is kept of it."""
    challenge = challenges.make(prover.sealer, prover.clock)
    return Asked(challenge.code, webauthn_options.request_options(party, challenge.value))


async def finish(
    uow: UnitOfWork,
    issuer: Issuer,
    prover: Prover,
    party: RelyingParty | None,
    client: Client,
    *,
    code: str,
    passkey: str,
) -> Grant:
    """Open a session for who has met a challenge.

    Args:
        passkey: the credential as a browser's JSON.

    Raises:
        InvalidGrant: nobody has who may sign in.
    """
    verified = None
    if party is not None:
        verified = await passkey_proofs.by_challenge(
            uow, prover, party, client, code=code, text=passkey
        )
    may = None
    if verified is not None:
        active = (User.id == verified.user_id, User.disabled_at.is_(None))
        may = await uow.session.scalar(select(User.id).where(*active))
    if verified is None or may is None:
        await prover.audit.note(
            uow,
            Action.SIGN_IN_FAILED,
            Actor(client),
            subject=None if verified is None else f"user {verified.user_id}",
            methods="passkey",
        )
        await uow.commit()
        raise grants.refused()
    return await sessions.open_session(
        uow, issuer, verified.user_id, client, methods=verified.methods
    )
