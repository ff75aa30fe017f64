"""How hard a secret is to guess, as far as its looks tell. Pure."""

import math
import re
from collections import Counter

# What stands in documents, examples and templates; a test sees that ours are among them.
KNOWN = frozenset(
    {
        "a secret of at least 32 characters",
        "change-me-change-me-change-me-change-me",
        "0123456789abcdef0123456789abcdef",
        "abcdefghijklmnopqrstuvwxyz012345",
    }
)
_PLACEHOLDERS = re.compile(
    r"change.?me|change.?this|replace|placeholder|example|your.?(secret|key)|default|dummy|"
    r"insecure|secret.?key|password|runcast|development|testing",
    re.IGNORECASE,
)


def bits(text: str) -> float:
    """Return how many bits of chance its characters could hold, by how often each of them comes."""
    counts = Counter(text).values()
    each = -sum(count / len(text) * math.log2(count / len(text)) for count in counts)
    return each * len(text)


def weakness(text: str, least: float) -> str | None:
    """Return why a secret looks guessable; None if it does not.

    Args:
        least: the bits that it has to hold.
    """
    if text in KNOWN:
        return "it stands in a document"
    if _PLACEHOLDERS.search(text):
        return "it reads like a placeholder"
    if bits(text) < least or _repeats(text):
        return "it repeats itself"
    if text.replace(" ", "").replace("-", "").isalpha() and len(set(text)) < 27:
        return "it reads as if somebody typed it"
    return None


def _repeats(text: str) -> bool:
    return (text + text).find(text, 1) < len(text)
