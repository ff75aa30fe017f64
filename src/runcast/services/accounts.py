"""The parts that accounts are made of, put together from the settings and the one secret."""

from dataclasses import dataclass
from datetime import timedelta

from runcast.clock import Clock
from runcast.database import Database, UnitOfWork
from runcast.ids import Ids
from runcast.services import local_credential
from runcast.services.audit import Audit
from runcast.services.credentials import Credentials
from runcast.services.factors.prover import Prover
from runcast.services.key_derivation import derive_key
from runcast.services.live_credentials import LiveCredentials
from runcast.services.mail.carriers import open_mailer
from runcast.services.mail.mailer import Mailer
from runcast.services.pages import Cursors
from runcast.services.passwords import Passwords
from runcast.services.principals import LocalAccess
from runcast.services.sealing import Sealer
from runcast.services.sessions import Issuer
from runcast.services.signing.key_ring import KeyRing
from runcast.services.signing.tokens import AccessTokens
from runcast.services.users import Registrar
from runcast.settings import Settings


@dataclass(frozen=True, slots=True)
class Accounts:
    """What the application takes into its runtime; `stop` ends the threads of the passwords."""

    cursors: Cursors
    signing_keys: KeyRing
    credentials: Credentials
    issuer: Issuer
    registrar: Registrar
    mailer: Mailer
    prover: Prover
    audit: Audit
    local_access: LocalAccess | None

    def stop(self) -> None:
        """Let the password threads end. Safe to call twice."""
        self.registrar.passwords.stop()


async def open_accounts(
    database: Database, settings: Settings, clock: Clock, ids: Ids, secret: str
) -> Accounts:
    """Return the parts; with a data folder also the local credential, and the user it speaks for."""
    idle = timedelta(seconds=settings.session_idle_seconds)
    audit, mailer = Audit(clock, ids), open_mailer(settings, clock)
    local_access = None
    if settings.data_folder is not None:
        async with UnitOfWork(database) as uow:
            local_access = await local_credential.open_access(uow, clock, ids, secret)
    keys = make_key_ring(database, settings, clock, secret)
    await keys.open()
    lifetime = timedelta(seconds=settings.access_token_seconds)
    tokens = AccessTokens(keys, clock=clock, ids=ids, lifetime=lifetime)
    return Accounts(
        signing_keys=keys,
        cursors=Cursors(derive_key(secret, "cursors")),
        credentials=Credentials(
            LiveCredentials(database, clock, idle), tokens, clock, local=local_access
        ),
        issuer=Issuer(
            tokens=tokens,
            refresh_key=derive_key(secret, "refresh tokens"),
            clock=clock,
            ids=ids,
            idle=idle,
            absolute=timedelta(seconds=settings.session_seconds),
            audit=audit,
            requires_verified=settings.require_verified,
        ),
        registrar=make_registrar(settings, clock, ids, mailer),
        mailer=mailer,
        prover=Prover(
            clock=clock,
            ids=ids,
            sealer=Sealer(derive_key(secret, "second factors")),
            audit=audit,
            mailer=mailer,
            proof=timedelta(seconds=settings.proof_seconds),
        ),
        audit=audit,
        local_access=local_access,
    )


def make_key_ring(database: Database, settings: Settings, clock: Clock, secret: str) -> KeyRing:
    """Return the keys that access tokens are signed with, not yet read."""
    return KeyRing(
        database,
        clock,
        secret,
        period=timedelta(days=settings.signing_key_days),
        lifetime=timedelta(seconds=settings.access_token_seconds),
    )


def make_registrar(
    settings: Settings, clock: Clock, ids: Ids, mailer: Mailer | None = None
) -> Registrar:
    """Return what accounts are made with, without a mailer silently; the caller stops its passwords."""
    passwords = Passwords(
        threads=settings.password_threads,
        memory_kib=settings.password_memory_kib,
        passes=settings.password_passes,
    )
    return Registrar(
        clock=clock,
        ids=ids,
        passwords=passwords,
        audit=Audit(clock, ids),
        mailer=mailer or Mailer(None),
        registration=settings.registration,
        requires_verified=settings.require_verified,
    )
