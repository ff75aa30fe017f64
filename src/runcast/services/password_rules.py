"""What a new password may be: long enough, and none of those that are guessed first.

Those are common ones, and ones made of what anybody knows; nothing else is asked (see `passwords`). OWASP ASVS 5.0, 6.2.4 and 6.2.11. The list is zxcvbn's, under the licence that lies beside it.
"""

import asyncio
import gzip
import unicodedata
from functools import cache
from importlib.resources import files

from runcast.errors import PasswordRefused
from runcast.services.passwords import check_length

# Shorter ones are found in passwords by accident.
_TELLING_LENGTH = 4
_PRODUCT = "runcast"


async def check(password: str, email: str | None = None) -> None:
    """Return if the password has a fitting length, and nobody would guess it early.

    Args:
        email: the address of the account that it is for, where that is known.

    Raises:
        PasswordRefused: it has not, is among the most common, or holds the address or the product's name.
    """
    check_length(password)
    folded = _folded(password)
    if folded in await asyncio.to_thread(_common):
        raise PasswordRefused("this password is one of the most common; choose another")
    local = _folded(email or "").partition("@")[0]
    if _PRODUCT in folded or (len(local) >= _TELLING_LENGTH and local in folded):
        raise PasswordRefused("a password holds neither your address nor this product's name")


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()


@cache
def _common() -> frozenset[str]:
    """Return the list, read at its first use: some milliseconds, and less than 2 MiB."""
    packed = files("runcast.services").joinpath("common_passwords.txt.gz").read_bytes()
    return frozenset(gzip.decompress(packed).decode().split("\n"))
