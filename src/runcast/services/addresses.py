"""Mail addresses: checked by syntax (RFC 5321, 6531), never by DNS, and compared without case.

Only case is set aside (RFC 6531, 5321): ß and ss are different mailboxes, and in domains different
names (IDNA 2008), so that nobody is taken for who has another address.
"""

import unicodedata
from dataclasses import dataclass

from email_validator import EmailNotValidError, validate_email

from runcast.errors import Unprocessable

# No address is longer; what is, costs no work.
MAX_LENGTH = 320


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
    if len(text) > MAX_LENGTH:
        raise Unprocessable(f"not a mail address: it has more than {MAX_LENGTH} characters")
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
    return Address(found.normalized, spelt(found.normalized))


def spelt(text: str) -> str:
    """Return an address, or its beginning, without case; its domain is one spelling of its A-labels already."""
    return unicodedata.normalize("NFC", text.lower())


def is_same_but_case(one: str, other: str) -> bool:
    """Tell whether two addresses differ at most in the case of ASCII letters, which no mail server tells apart."""
    return one.encode().lower() == other.encode().lower()


def address_key(text: str) -> str | None:
    """Return the key of the address that the text spells; None if it spells none."""
    try:
        return parse_address(text).key
    except Unprocessable:
        return None
