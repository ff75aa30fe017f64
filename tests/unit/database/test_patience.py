"""Reading again while the database is away, and only then."""

import asyncpg
import pytest

from runcast.database import patience
from runcast.database.failures import DatabaseAway
from runcast.database.patience import patiently


class Reads:
    """Raises these one after the other, then returns how often it was asked."""

    def __init__(self, *errors: Exception) -> None:
        self.asked = 0
        self._errors = list(errors)

    async def __call__(self) -> int:
        self.asked += 1
        if self._errors:
            raise self._errors.pop(0)
        return self.asked


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "TRY_AGAIN_SECONDS", 0)


async def test_what_is_away_is_asked_again_until_it_answers() -> None:
    reads = Reads(DatabaseAway("x"), asyncpg.CannotConnectNowError("x"))
    assert await patiently(reads) == 3


@pytest.mark.parametrize("error", [asyncpg.UndefinedTableError("x"), ValueError("x")])
async def test_what_does_not_pass_by_itself_is_raised(error: Exception) -> None:
    reads = Reads(DatabaseAway("x"), error)
    with pytest.raises(type(error)):
        await patiently(reads)
    assert reads.asked == 2
