"""A browser comes back from a provider: what it brings is redeemed, and ends in a session, a code or a link."""

from dataclasses import dataclass

from runcast.database import UnitOfWork
from runcast.errors import RuncastError, SignInRefused
from runcast.services import identities, one_time, sessions
from runcast.services.audit import Action, Actor
from runcast.services.one_time import Purpose
from runcast.services.principals import Client
from runcast.services.providers import Providers, finished_sign_ins
from runcast.services.providers.base import Answer, ProvedIdentity, Provider
from runcast.services.providers.journeys import Journey
from runcast.services.sessions import Grant, Issuer
from runcast.services.users import Registrar


@dataclass(frozen=True, slots=True)
class Arrived:
    """How a journey ended: with a session, with a code for one, or with neither, by a link."""

    grant: Grant | None = None
    code: str | None = None


async def arrive(
    uow: UnitOfWork,
    providers: Providers,
    issuer: Issuer,
    registrar: Registrar,
    journey: Journey,
    *,
    answer: Answer,
    client: Client,
) -> Arrived:
    """End a journey. A refusal is noted in the audit log.

    Raises:
        SignInRefused: the answer proves nothing, or the journey had ended before.
        AccessDenied: the person, or the provider, said no.
        Unavailable: the provider does not answer as it should.
        AccountExists, AddressNotVerified, Forbidden: as `identities.user_of`.
        IdentityTaken: as `identities.link`.
        InvalidGrant: the address of the account has to be verified first.
    """
    provider = providers.get(journey.provider)
    await _spend(uow, issuer, journey)
    # The provider may take its time: nothing of the database is held meanwhile.
    await uow.commit()
    try:
        proved = await provider.redeem(journey.departure, answer)
        return await _received(
            uow, issuer, registrar, provider, journey, proved=proved, client=client
        )
    except RuncastError as refusal:
        await uow.session.rollback()
        await issuer.audit.note(
            uow,
            Action.SIGN_IN_FAILED,
            Actor(client),
            user_id=journey.user_id,
            provider=journey.provider,
            reason=refusal.code,
        )
        await uow.commit()
        raise


async def _received(
    uow: UnitOfWork,
    issuer: Issuer,
    registrar: Registrar,
    provider: Provider,
    journey: Journey,
    *,
    proved: ProvedIdentity,
    client: Client,
) -> Arrived:
    if journey.user_id is not None:
        await identities.link(uow, issuer, registrar.mailer, journey, proved=proved, client=client)
        return Arrived()
    user_id = await identities.user_of(uow, registrar, provider, proved, client)
    if journey.challenge is not None:
        code = await finished_sign_ins.offer(uow, issuer.clock, user_id, journey.challenge)
        return Arrived(code=code)
    methods = finished_sign_ins.METHODS
    return Arrived(await sessions.open_session(uow, issuer, user_id, client, methods=methods))


async def _spend(uow: UnitOfWork, issuer: Issuer, journey: Journey) -> None:
    state, until = journey.departure.state, journey.expires_at
    if not await one_time.mark_spent(uow, issuer.clock, Purpose.JOURNEY, state, until):
        raise SignInRefused("this sign-in has come back before; begin anew")
