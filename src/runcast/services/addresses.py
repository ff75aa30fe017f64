"""Mail addresses: checked by syntax (RFC 5321, 6531), never by DNS, and compared without case."""

import unicodedata
from dataclasses import dataclass

from email_validator import EmailNotValidError, validate_email

from runcast.errors import Unprocessable


@dataclass(frozen=True, slots=True)
class Address:
    """An address as it is shown, and the key by which it is compared."""

    email: str
    key: str


def parse_address(text: str) -> Address:
    """Return the address that the text spells; a host's name and `.test` are domains here.

    Raises:
        Unprocessable: it is no address.
    """
    try:
        found = validate_email(
            text,
            check_deliverability=False,
            globally_deliverable=False,
            test_environment=True,
            strict=True,
        )
    except EmailNotValidError as error:
        raise Unprocessable(f"not a mail address: {error}") from None
    return Address(found.normalized, unicodedata.normalize("NFC", found.normalized.casefold()))


def address_key(text: str) -> str | None:
    """Return the key of the address that the text spells; None if it spells none."""
    try:
        return parse_address(text).key
    except Unprocessable:
        return None
