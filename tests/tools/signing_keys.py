"""Keys that sign, without a database."""

from datetime import UTC, datetime, timedelta

from runcast.services.signing.signing_keys import Key, Keys, of_seed
from tests.tools.clock import FakeClock

BEGINNING = datetime(2026, 1, 1, tzinfo=UTC)


def key(letter: str, day: float = 0) -> Key:
    """Return a key of its own, which signs from so many days after the tests' beginning on."""
    signs_from = BEGINNING + timedelta(days=day)
    return of_seed(letter.encode() * 32, created_at=BEGINNING, signs_from=signs_from)


class HeldKeys:
    """Keys as the ring holds them."""

    def __init__(
        self, clock: FakeClock, *keys: Key, overlap: timedelta = timedelta(minutes=6)
    ) -> None:
        self._clock = clock
        self._keys = Keys(keys, overlap)

    def active(self) -> Key:
        """Return the key that signs now."""
        return self._keys.active(self._clock.now())

    def verifying(self) -> list[Key]:
        """Return the keys that verify."""
        return self._keys.verifying(self._clock.now())

    async def find(self, header: str) -> Key | None:
        """Return the key whose tokens begin like this."""
        return self._keys.by_header(header, self._clock.now())
