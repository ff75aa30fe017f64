"""One's passkeys: made, named and removed."""

import base64
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError

from runcast.database import UnitOfWork
from runcast.errors import Conflict, NotFound, Unprocessable
from runcast.models import Passkey, User
from runcast.services import acting, one_time
from runcast.services.factors import challenges, webauthn_checks, webauthn_options
from runcast.services.factors.prover import Prover
from runcast.services.factors.relying_party import RelyingParty
from runcast.services.factors.webauthn_checks import Made, NotVerified
from runcast.services.factors.webauthn_options import Holder
from runcast.services.one_time import Purpose
from runcast.services.principals import Principal
from runcast.services.sessions import changed

LIFETIME = timedelta(minutes=5)
MAX_PASSKEYS = 20


@dataclass(frozen=True, slots=True)
class PasskeyView:
    """A passkey as its owner sees it. `synced`: it may be on several devices; `backed_up`: it is."""

    id: UUID
    name: str
    synced: bool
    backed_up: bool
    created_at: datetime
    last_used_at: datetime | None


@dataclass(frozen=True, slots=True)
class Begun:
    """What a browser is asked for, and the code that comes back with what it has made."""

    code: str
    options: dict[str, Any]


async def begin(uow: UnitOfWork, prover: Prover, party: RelyingParty, user_id: UUID) -> Begun:
    """Begin to add a passkey; whoever begins anew gives up what was begun before.

    Raises:
        Conflict: this person has as many as one can have.
        NotFound: there is no such person any more.
    """
    user = await uow.session.get(User, user_id)
    if user is None:
        raise NotFound("no such user")
    held = await credentials(uow, user_id)
    _check_room(held)
    challenge = challenges.new_value()
    await one_time.withdraw(uow, Purpose.ADD_PASSKEY, user_id)
    data = {"challenge": base64.b64encode(challenge).decode()}
    code = await one_time.issue(
        uow, prover.clock, Purpose.ADD_PASSKEY, LIFETIME, user_id=user_id, data=data
    )
    holder = Holder(user_id.bytes, user.email, user.name, held)
    return Begun(code, webauthn_options.creation_options(party, holder, challenge))


async def add(
    uow: UnitOfWork,
    prover: Prover,
    party: RelyingParty,
    principal: Principal,
    *,
    code: str,
    credential: dict[str, Any],
    name: str,
) -> PasskeyView:
    """Keep a passkey that a browser has made; the code is used up by trying.

    Raises:
        Unprocessable: the code is not good, or what was made is no passkey for it.
        Conflict: it is known already, or this person has as many as one can have.
        InvalidToken: their session has ended meanwhile.
    """
    user_id = principal.user_id
    known = await one_time.spend(uow, prover.clock, Purpose.ADD_PASSKEY, code)
    if known is None or known.user_id != user_id:
        raise Unprocessable("the code is not, or no longer, good; begin anew")
    await uow.commit()
    try:
        challenge = base64.b64decode(known.data["challenge"])
        made = webauthn_checks.verify_made(party, challenge, credential)
    except NotVerified as reason:
        raise Unprocessable(f"this is no passkey for here: {reason}") from None
    await acting.hold(uow, principal)
    _check_room(await credentials(uow, user_id))
    return await _insert(uow, prover, user_id, made, name)


async def list_own(uow: UnitOfWork, user_id: UUID) -> list[PasskeyView]:
    """Return one's passkeys, the newest first."""
    mine = select(Passkey).where(Passkey.user_id == user_id).order_by(Passkey.id.desc())
    return [_view(row) for row in await uow.session.scalars(mine)]


async def rename(uow: UnitOfWork, user_id: UUID, passkey_id: UUID, name: str) -> PasskeyView:
    """Call one of one's passkeys something else.

    Raises:
        NotFound: one has no such passkey.
    """
    mine = (Passkey.id == passkey_id, Passkey.user_id == user_id)
    renamed = update(Passkey).where(*mine).values(name=name).returning(Passkey)
    row = (await uow.session.scalars(renamed)).first()
    if row is None:
        raise _unknown()
    return _view(row)


async def remove(uow: UnitOfWork, user_id: UUID, passkey_id: UUID) -> None:
    """Remove one of one's passkeys. Whether a way to sign in is left is for the caller to check.

    Raises:
        NotFound: one has no such passkey.
    """
    mine = (Passkey.id == passkey_id, Passkey.user_id == user_id)
    if not await changed(uow, delete(Passkey).where(*mine)):
        raise _unknown()


async def remove_all(uow: UnitOfWork, user_id: UUID) -> None:
    """Remove all passkeys of somebody who has lost them."""
    await uow.session.execute(delete(Passkey).where(Passkey.user_id == user_id))


async def credentials(uow: UnitOfWork, user_id: UUID) -> tuple[tuple[bytes, tuple[str, ...]], ...]:
    """Return the ids of somebody's credentials, with their transports."""
    theirs = select(Passkey.credential_id, Passkey.transports).where(Passkey.user_id == user_id)
    rows = await uow.session.execute(theirs.order_by(Passkey.id))
    return tuple((row.credential_id, tuple(row.transports)) for row in rows)


async def _insert(
    uow: UnitOfWork, prover: Prover, user_id: UUID, made: Made, name: str
) -> PasskeyView:
    row = Passkey(
        id=prover.ids.new(),
        user_id=user_id,
        credential_id=made.credential_id,
        public_key=made.public_key,
        sign_count=made.sign_count,
        name=name,
        transports=list(made.transports),
        synced=made.synced,
        backed_up=made.backed_up,
        created_at=prover.clock.now(),
        last_used_at=None,
    )
    uow.session.add(row)
    try:
        await uow.session.flush()
    except IntegrityError:
        raise Conflict("this passkey is known already") from None
    return _view(row)


def _check_room(held: Iterable[object]) -> None:
    if len(list(held)) >= MAX_PASSKEYS:
        raise Conflict(f"nobody has more than {MAX_PASSKEYS} passkeys; remove one first")


def _view(row: Passkey) -> PasskeyView:
    return PasskeyView(
        id=row.id,
        name=row.name,
        synced=row.synced,
        backed_up=row.backed_up,
        created_at=row.created_at,
        last_used_at=row.last_used_at,
    )


def _unknown() -> NotFound:
    return NotFound("no such passkey")
