"""The end of a sign-in elsewhere than here: a code that whoever began it exchanges for a session.

The code passes through a browser, and is good for nothing without the verifier, which does not (RFC 7636).
"""

import base64
import hashlib
import hmac
from datetime import timedelta
from uuid import UUID

from sqlalchemy import select

from runcast.clock import Clock
from runcast.database import UnitOfWork
from runcast.errors import InvalidGrant
from runcast.models import User
from runcast.services import one_time, sessions, ways_in
from runcast.services.one_time import Known, Purpose
from runcast.services.principals import Client
from runcast.services.sessions import Grant, Issuer

LIFETIME = timedelta(seconds=60)
METHODS = "fed"
"""How a session says that a provider proved who its person is."""


async def offer(uow: UnitOfWork, clock: Clock, user_id: UUID, challenge: str) -> str:
    """Return a code that signs this user in, once, for whoever can answer the challenge."""
    return await one_time.issue(
        uow,
        clock,
        Purpose.FINISH_SIGN_IN,
        LIFETIME,
        user_id=user_id,
        data={"challenge": challenge},
    )


async def by_code(
    uow: UnitOfWork, issuer: Issuer, *, code: str, verifier: str, client: Client
) -> Grant:
    """Open the session that a code stands for. The code is used up, whatever is shown with it.

    Raises:
        InvalidGrant: it stands for none, or for another's.
    """
    known = await _spent(uow, issuer.clock, code)
    if known is None or known.user_id is None or not _answers(known, verifier):
        await uow.commit()
        raise _refused()
    may_sign_in = select(User.id).where(User.id == known.user_id, User.disabled_at.is_(None))
    if await uow.session.scalar(may_sign_in) is None:
        await uow.commit()
        raise _refused()
    return await sessions.open_session(uow, issuer, known.user_id, client, methods=METHODS)


async def _spent(uow: UnitOfWork, clock: Clock, code: str) -> Known | None:
    """Use the code up while the user's row is held: whoever ends credentials ends it, or the session."""
    known = await one_time.peek(uow, clock, Purpose.FINISH_SIGN_IN, code)
    if known is None or known.user_id is None:
        return None
    await ways_in.hold(uow, known.user_id)
    return await one_time.spend(uow, clock, Purpose.FINISH_SIGN_IN, code)


def _answers(known: Known, verifier: str) -> bool:
    digest = hashlib.sha256(verifier.encode("utf-8", "surrogatepass")).digest()
    challenge = base64.urlsafe_b64encode(digest).rstrip(b"=")
    return hmac.compare_digest(challenge, str(known.data["challenge"]).encode())


def _refused() -> InvalidGrant:
    return InvalidGrant("The code is not, or no longer, good.")
