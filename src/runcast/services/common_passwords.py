"""Passwords that are guessed first, and are refused: common ones, and those made of what anybody knows.

OWASP ASVS 5.0, 6.2.4 and 6.2.11. The list is zxcvbn's, under the licence that lies beside it.
"""

import gzip
import unicodedata
from functools import cache
from importlib.resources import files

from runcast.errors import Unprocessable

# Shorter ones are found in passwords by accident.
_TELLING_LENGTH = 4
_PRODUCT = "runcast"


def check(password: str, email: str | None = None) -> None:
    """Return if nobody would guess the password early.

    Args:
        email: the address of the account that it is for, where that is known.

    Raises:
        Unprocessable: it is among the most common, or holds the address or the product's name.
    """
    folded = _folded(password)
    if folded in _common():
        raise Unprocessable("this password is one of the most common; choose another")
    local = _folded(email or "").partition("@")[0]
    if _PRODUCT in folded or (len(local) >= _TELLING_LENGTH and local in folded):
        raise Unprocessable("a password holds neither your address nor this product's name")


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()


@cache
def _common() -> frozenset[str]:
    """Return the list, read at its first use: some milliseconds, and less than 2 MiB."""
    packed = files("runcast.services").joinpath("common_passwords.txt.gz").read_bytes()
    return frozenset(gzip.decompress(packed).decode().split("\n"))
