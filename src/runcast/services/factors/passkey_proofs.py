"""Whether a passkey that is shown proves who somebody is. As it asks for PIN, finger or face, it is two factors."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select, update

from runcast.database import UnitOfWork
from runcast.models import Passkey
from runcast.services import ways_in
from runcast.services.audit import Action, Actor
from runcast.services.factors import challenges, webauthn_checks
from runcast.services.factors.prover import Prover
from runcast.services.factors.relying_party import RelyingParty
from runcast.services.factors.webauthn_checks import NotVerified, Proof, Shown
from runcast.services.principals import Client
from runcast.services.sessions import changed


@dataclass(frozen=True, slots=True)
class Verified:
    """Who has shown a passkey, and by which methods (RFC 8176) that proves it."""

    user_id: UUID
    methods: str


async def by_challenge(
    uow: UnitOfWork,
    prover: Prover,
    party: RelyingParty,
    client: Client,
    *,
    code: str,
    text: str,
    user_id: UUID | None = None,
) -> Verified | None:
    """Return who has met a challenge of `challenges`, which is used up by that; None if nobody has.

    The caller commits in either case: what is noted stays.

    Args:
        code: the challenge's.
        text: the credential as a browser's JSON.
        user_id: who has to have met it; None for anybody.
    """
    challenge = challenges.read(prover.sealer, prover.clock, code)
    if challenge is None:
        return None
    found = await take(
        uow, prover, party, client, challenge=challenge.value, text=text, user_id=user_id
    )
    if found is None or not await challenges.spend(uow, prover.clock, challenge):
        return None
    return found


async def take(
    uow: UnitOfWork,
    prover: Prover,
    party: RelyingParty,
    client: Client,
    *,
    challenge: bytes,
    text: str,
    user_id: UUID | None = None,
) -> Verified | None:
    """Return who has signed a challenge that the caller uses up; else as `by_challenge`."""
    try:
        shown = webauthn_checks.read_shown(text)
        row = await _find(uow, shown, user_id)
        proof = webauthn_checks.verify_shown(party, challenge, shown, row.public_key)
    except NotVerified:
        return None
    # Whoever takes it away meanwhile does so before or after this: then it is not there to count on.
    await ways_in.hold(uow, row.user_id)
    # Whether a passkey can be copied never changes (WebAuthn 3, 7.2): another one says so.
    if proof.synced != row.synced or not await _advance(uow, prover, client, row, proof):
        return None
    return Verified(row.user_id, methods(synced=row.synced))


def methods(*, synced: bool) -> str:
    """Return what a passkey proves: a key that its device keeps, or one that moves between devices."""
    return f"{'swk' if synced else 'hwk'} user mfa"


async def _find(uow: UnitOfWork, shown: Shown, user_id: UUID | None) -> Passkey:
    """Return the passkey that is shown, if it is this person's and says so itself.

    Raises:
        NotVerified: it is not.
    """
    its = Passkey.credential_id == shown.credential_id
    row = await uow.session.scalar(select(Passkey).where(its))
    if row is None or user_id not in {None, row.user_id}:
        raise NotVerified("there is no such passkey")
    # Where it is known who it is, a credential may leave that out.
    handle = row.user_id.bytes if shown.handle is None and user_id is not None else shown.handle
    if handle != row.user_id.bytes:
        raise NotVerified("it is somebody else's")
    return row


async def _advance(
    uow: UnitOfWork, prover: Prover, client: Client, row: Passkey, proof: Proof
) -> bool:
    """Keep what it counted; False where it has not counted on: then there are two of it."""
    counts = proof.sign_count or row.sign_count
    if counts and proof.sign_count <= row.sign_count:
        await prover.audit.note(
            uow,
            Action.PASSKEY_COPIED,
            Actor(client),
            subject=f"user {row.user_id}",
            passkey=str(row.id),
            counted=proof.sign_count,
            before=row.sign_count,
        )
        return False
    unchanged = (Passkey.id == row.id, Passkey.sign_count == row.sign_count)
    now = prover.clock.now()
    used = {"sign_count": proof.sign_count, "backed_up": proof.backed_up, "last_used_at": now}
    return await changed(uow, update(Passkey).where(*unchanged).values(**used))
