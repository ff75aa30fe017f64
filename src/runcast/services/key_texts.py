"""What an API key looks like. Pure.

A key is `rck_`, 43 characters of chance and 6 of a checksum, so that scanners of published code find one,
and tell it from what only looks like it, without asking anybody.
"""

import secrets
import string
import zlib

PREFIX = "rck_"
_ALPHABET = string.digits + string.ascii_letters
_RANDOM = 43
_CHECKSUM = 6
_LENGTH = len(PREFIX) + _RANDOM + _CHECKSUM
_HINT = len(PREFIX) + 4


def generate() -> str:
    """Return a new key: 256 bits of chance."""
    body = PREFIX + "".join(secrets.choice(_ALPHABET) for _ in range(_RANDOM))
    return body + _checksum(body)


def is_well_formed(text: str) -> bool:
    """Tell whether a text may be a key: its form and its checksum are right."""
    body, checksum = text[:-_CHECKSUM], text[-_CHECKSUM:]
    has_form = len(text) == _LENGTH and text.startswith(PREFIX) and text.isascii()
    return has_form and _checksum(body) == checksum


def hint(text: str) -> str:
    """Return the beginning of a key, by which its owner tells it from others."""
    return text[:_HINT]


def _checksum(body: str) -> str:
    number, digits = zlib.crc32(body.encode()), ""
    for _ in range(_CHECKSUM):
        number, digit = divmod(number, len(_ALPHABET))
        digits = _ALPHABET[digit] + digits
    return digits
