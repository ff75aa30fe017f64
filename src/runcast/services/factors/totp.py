"""One's authenticator app: added in two steps, and its codes taken, each once.

Who guesses has the password already. After five wrong codes the app is asked no more for a minute, after
five more for four, up to a day: a few guesses a day among a million codes. Passkeys and recovery codes
go on working meanwhile, so that a thief of the password locks nobody out.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, or_, select, update
from sqlalchemy.exc import IntegrityError

from runcast.database import UnitOfWork
from runcast.errors import Conflict, NotFound, Unprocessable
from runcast.models import Totp, User
from runcast.services.factors import totp_codes
from runcast.services.factors.prover import Prover
from runcast.services.sealing import NotOpened
from runcast.services.sessions import changed

MISSES = 5
_FIRST_PAUSE = timedelta(minutes=1)
_LONGEST_PAUSE = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Begun:
    """What an app is told: `uri` is what the QR code holds, `secret` what is typed without one."""

    secret: str
    uri: str


async def begin(uow: UnitOfWork, prover: Prover, user_id: UUID) -> Begun:
    """Begin to add an app; until it is confirmed it counts for nothing, and may be begun anew.

    Raises:
        Conflict: there is one already.
    """
    its = Totp.user_id == user_id
    await uow.session.execute(delete(Totp).where(its, Totp.confirmed_at.is_(None)))
    secret = totp_codes.new_secret()
    row = Totp(
        user_id=user_id,
        sealed=prover.sealer.seal(secret.encode(), _place(user_id)),
        last_step=None,
        paused_until=None,
        created_at=prover.clock.now(),
        confirmed_at=None,
    )
    uow.session.add(row)
    try:
        await uow.session.flush()
    except IntegrityError:
        raise Conflict("you have an authenticator app already; remove it first") from None
    account = await uow.session.scalar(select(User.email).where(User.id == user_id))
    return Begun(secret, totp_codes.uri(secret, account or ""))


async def confirm(uow: UnitOfWork, prover: Prover, user_id: UUID, code: str) -> None:
    """Let the app count from now on, which has shown that it knows the secret.

    Raises:
        NotFound: none has been begun.
        Unprocessable: this is not its code now.
    """
    begun = (Totp.user_id == user_id, Totp.confirmed_at.is_(None))
    sealed = await uow.session.scalar(select(Totp.sealed).where(*begun))
    if sealed is None:
        raise NotFound("no authenticator app is being added")
    now = prover.clock.now()
    step = _step(prover, user_id, sealed, code)
    its = (*begun, Totp.sealed == sealed)
    confirmed = update(Totp).where(*its).values(confirmed_at=now, last_step=step)
    if step is None or not await changed(uow, confirmed):
        raise Unprocessable("this is not the code that the app shows now")


async def remove(uow: UnitOfWork, user_id: UUID) -> bool:
    """Remove the app, begun or confirmed; False if there is none."""
    return await changed(uow, delete(Totp).where(Totp.user_id == user_id))


async def confirmed_at(uow: UnitOfWork, user_id: UUID) -> datetime | None:
    """Return since when somebody has an app; None if they have none."""
    moment: datetime | None = await uow.session.scalar(
        select(Totp.confirmed_at).where(Totp.user_id == user_id)
    )
    return moment


async def take(uow: UnitOfWork, prover: Prover, user_id: UUID, code: str) -> bool:
    """Take a code of somebody's app; False if it is wrong or used, or too many were wrong before it.

    The caller commits in either case: what was wrong counts.
    """
    sealed = await _held(uow, prover, user_id)
    if sealed is None:
        return False
    step = _step(prover, user_id, sealed, code)
    if step is None or not await _advance(uow, user_id, step):
        await _count_miss(uow, prover, user_id)
        return False
    return True


async def _held(uow: UnitOfWork, prover: Prover, user_id: UUID) -> bytes | None:
    """Return the sealed secret of an app that may be asked, and hold its row, so that guesses queue."""
    may_be_asked = (
        Totp.user_id == user_id,
        Totp.confirmed_at.is_not(None),
        or_(Totp.paused_until.is_(None), Totp.paused_until <= prover.clock.now()),
    )
    held = update(Totp).where(*may_be_asked).values(misses=Totp.misses).returning(Totp.sealed)
    sealed: bytes | None = await uow.session.scalar(held)
    return sealed


async def _advance(uow: UnitOfWork, user_id: UUID, step: int) -> bool:
    """Use up the code of a step, and of all before it (RFC 6238, 5.2)."""
    unused = (Totp.user_id == user_id, or_(Totp.last_step.is_(None), Totp.last_step < step))
    taken = update(Totp).where(*unused).values(last_step=step, misses=0, paused_until=None)
    return await changed(uow, taken)


async def _count_miss(uow: UnitOfWork, prover: Prover, user_id: UUID) -> None:
    its = Totp.user_id == user_id
    counted = update(Totp).where(its).values(misses=Totp.misses + 1).returning(Totp.misses)
    misses = await uow.session.scalar(counted) or 0
    if misses % MISSES == 0:
        until = prover.clock.now() + pause(misses)
        await uow.session.execute(update(Totp).where(its).values(paused_until=until))


def pause(misses: int) -> timedelta:
    """Return for how long an app is asked no more after so many wrong codes."""
    # The exponent is bounded, lest somebody's patience overflow it.
    doublings = min(misses // MISSES - 1, 10)
    return min(timedelta(seconds=_FIRST_PAUSE.total_seconds() * 4.0**doublings), _LONGEST_PAUSE)


def _step(prover: Prover, user_id: UUID, sealed: bytes, code: str) -> int | None:
    try:
        secret = prover.sealer.open(sealed, _place(user_id)).decode()
    except NotOpened:
        # The server's secret has been changed since: the app is as good as lost.
        return None
    return totp_codes.step_of(secret, code, prover.clock.now())


def _place(user_id: UUID) -> str:
    return f"totp {user_id}"
