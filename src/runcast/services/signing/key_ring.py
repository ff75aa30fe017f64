"""The keys of this process: read every two seconds, and at once when a token names one that is not here.

Without the database those that are held go on working. Who opens the ring sees to it that there is a key.
"""

import asyncio
import logging
import math
from datetime import timedelta

from runcast.clock import Clock
from runcast.database import Database, UnitOfWork
from runcast.errors import Conflict
from runcast.periodic import Periodic
from runcast.services.audit import Action, Actor, Audit
from runcast.services.key_derivation import derive_key
from runcast.services.principals import Client
from runcast.services.sealing import Sealer
from runcast.services.signing import key_rotation
from runcast.services.signing.key_rotation import Loaded
from runcast.services.signing.signing_keys import Key, Keys, Standing, generate, of_seed

logger = logging.getLogger(__name__)
LOOK_SECONDS = 2.0
# Forged tokens that name a key of their own cost one read in this time, however many they are.
LEAST_SECONDS_BETWEEN = 1.0
# Clocks differ, and a process may sign with a key for some moments after its successor has begun.
SKEW = timedelta(minutes=1)
_ON_THE_SERVER = Actor(Client(user_agent="runcast signing-keys", address=""))


def sealer_of(secret: str) -> Sealer:
    """Return what seals keys under a server's secret."""
    return Sealer(derive_key(secret, "signing keys"))


def sealed_otherwise(count: int) -> str:
    """Return in words that so many keys are sealed with another secret."""
    are = "key of access tokens is" if count == 1 else "keys of access tokens are"
    return f"{count} {are} sealed with another RUNCAST_SECRET_KEY"


class KeyRing:
    """Knows which key signs, and which verify. Rotates by itself.

    Args:
        secret: the server's; keys that were sealed under another are not seen.
        period: how long a key signs.
        lifetime: how long a token works.
    """

    def __init__(
        self,
        database: Database,
        clock: Clock,
        secret: str,
        *,
        period: timedelta,
        lifetime: timedelta,
    ) -> None:
        self._database = database
        self._clock = clock
        self._sealer = sealer_of(secret)
        self._first_seed = derive_key(secret, "access tokens")
        self._period = period
        self._overlap = lifetime + SKEW
        self._asking = asyncio.Lock()
        self._asked_at = -math.inf
        self._kids: frozenset[str] = frozenset()
        self._keys: Keys
        self._looking = Periodic(LOOK_SECONDS, self.look, "the signing keys")

    async def open(self) -> None:
        """Read the keys; the first one is made if there is none.

        Raises:
            runcast.database.failures.DRIVER_ERRORS: the database does not answer.
        """
        loaded = await self._load()
        self._warn_of(loaded)
        while not loaded.keys:
            await self._begin(loaded)
            loaded = await self._load()
        self._take(loaded)

    async def inspect(self) -> int:
        """Read the keys as they are, of which there may be none; return how many another secret sealed.

        Raises:
            runcast.database.failures.DRIVER_ERRORS: the database does not answer.
        """
        loaded = await self._load()
        self._take(loaded)
        return len(loaded.unopened)

    def start(self) -> None:
        """Start looking, and rotating."""
        self._looking.start()

    async def stop(self) -> None:
        """Stop looking. Safe to call twice."""
        await self._looking.stop()

    def active(self) -> Key:
        """Return the key that signs now."""
        return self._keys.active(self._clock.now())

    def verifying(self) -> list[Key]:
        """Return the keys that verify, or will: what is published."""
        return self._keys.verifying(self._clock.now())

    def standings(self) -> list[tuple[Key, Standing]]:
        """Return all keys, the youngest first, and what each is for."""
        now = self._clock.now()
        return [(key, self._keys.standing(key, now)) for key in self._keys]

    async def find(self, header: str) -> Key | None:
        """Return the key that verifies tokens with this header, the first part of theirs.

        Raises:
            runcast.database.failures.DRIVER_ERRORS: it is not here, and the database does not answer.
        """
        return self._held(header) or await self._found(header)

    async def look(self) -> None:
        """Read the keys, publish the next one when it is time, and remove what verifies no more.

        Raises:
            runcast.database.failures.DRIVER_ERRORS: the database does not answer.
        """
        await self._read()
        now = self._clock.now()
        added = key_rotation.successor(self._keys, now, self._period)
        spent = self._keys.of(now, Standing.SPENT)
        if added is None and not spent:
            return
        async with UnitOfWork(self._database) as uow:
            if spent:
                await key_rotation.remove(uow, spent)
            if added is not None and await key_rotation.add(
                uow, self._sealer, added, beside=self._kids
            ):
                logger.info("key %s will sign from %s on", added.kid, added.signs_from)
        await self._read()

    async def publish_next(self, uow: UnitOfWork, audit: Audit) -> None:
        """Publish the next key before it is time for one; it signs in an hour.

        Raises:
            Conflict: there is one already.
        """
        added = key_rotation.successor(self._keys, self._clock.now(), timedelta(0))
        if added is None or not await key_rotation.add(uow, self._sealer, added, beside=self._kids):
            raise Conflict("the next key has been published already")
        await _note(uow, audit, added, at_once=False)

    async def replace_all(self, uow: UnitOfWork, audit: Audit) -> None:
        """Let a new key sign at once, and none of the others verify: one has leaked."""
        now = self._clock.now()
        added = generate(created_at=now, signs_from=now)
        await key_rotation.replace(uow, self._sealer, added, self._keys)
        await _note(uow, audit, added, at_once=True)

    def _held(self, header: str) -> Key | None:
        return self._keys.by_header(header, self._clock.now())

    async def _found(self, header: str) -> Key | None:
        async with self._asking:
            if self._clock.monotonic() - self._asked_at >= LEAST_SECONDS_BETWEEN:
                await self._read()
        return self._held(header)

    async def _read(self) -> None:
        asked_at = self._clock.monotonic()
        loaded = await self._load()
        # Not before: while the database is away a key that is not here may be a good one.
        self._asked_at = asked_at
        if loaded.keys:
            self._take(loaded)

    async def _load(self) -> Loaded:
        return await key_rotation.load(self._database, self._sealer)

    def _warn_of(self, loaded: Loaded) -> None:
        """Log it if other processes may be signing with keys that are not seen here."""
        oldest = self._clock.now() - self._period - self._overlap
        in_use = sum(signs_from > oldest for signs_from in loaded.unopened)
        if in_use:
            logger.warning(
                "%s, and not used; this process and one that has that secret refuse each other's "
                "access tokens",
                sealed_otherwise(in_use),
            )

    def _take(self, loaded: Loaded) -> None:
        self._kids = loaded.kids
        self._keys = Keys(loaded.keys, self._overlap)

    async def _begin(self, loaded: Loaded) -> None:
        """Add the first key: the one that release 0.2.0 knows too, which has no rows of keys."""
        now = self._clock.now()
        first = of_seed(self._first_seed, created_at=now, signs_from=now)
        async with UnitOfWork(self._database) as uow:
            await key_rotation.add(uow, self._sealer, first, beside=loaded.kids)


async def _note(uow: UnitOfWork, audit: Audit, key: Key, *, at_once: bool) -> None:
    subject = f"signing_key {key.kid}"
    await audit.note(
        uow, Action.SIGNING_KEY_ROTATED, _ON_THE_SERVER, subject=subject, at_once=at_once
    )
