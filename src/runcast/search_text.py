"""The text in which an item is found, and the words that are looked for in it. Pure.

Both are normalised alike, in Python, so that every database finds the same: compatibility forms
(NFKC), without case, each run of whitespace one space.
"""

import re
import unicodedata
from collections.abc import Iterator
from typing import Any

from runcast.errors import Unprocessable
from runcast.strict_json import MAX_DEPTH, MAX_INTEGER

MAX_BYTES = 16 * 1024
MAX_WORDS = 10
# Marks out of their order are sorted by insertion: 16 KiB of them in one go stop the loop for 0.1 s.
_PIECE = re.compile(r".{1,1000}(?=\s|\Z)|.{1,1000}", re.DOTALL)


def of_item(name: str, metadata: Any) -> str:
    """Return the text of an item: its name, then keys, strings and numbers of its metadata.

    Members come in the order of their keys, because JSONB keeps no other. Only the first 16 KiB
    count. What is no strict JSON is left out: it is refused elsewhere.
    """
    parts = [name]
    left = MAX_BYTES - len(name)
    for text in _texts(metadata):
        if left <= 0:
            break
        parts.append(text)
        left -= len(text) + 1
    return _cut(normalised(_cut("\n".join(parts))))


def words(query: str) -> tuple[str, ...]:
    """Return the words of a query, each of which has to be somewhere in an item's text.

    Raises:
        Unprocessable: there are more than ten.
    """
    found = tuple(normalised(query).split())
    if len(found) > MAX_WORDS:
        raise Unprocessable(f"q has at most {MAX_WORDS} words")
    return found


def normalised(text: str) -> str:
    """Return the text as texts and words are compared."""
    if text.isascii():
        return " ".join(text.lower().split())
    return " ".join("".join(map(_folded, _PIECE.findall(text))).split())


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())


def _cut(text: str) -> str:
    return text.encode(errors="ignore")[:MAX_BYTES].decode(errors="ignore")


def _texts(document: Any) -> Iterator[str]:
    pending: list[tuple[Any, int]] = [(document, 1)]
    while pending:
        node, depth = pending.pop()
        if isinstance(node, str):
            yield node
        elif isinstance(node, int | float) and not isinstance(node, bool):
            yield _number(node)
        elif isinstance(node, dict | list | tuple):
            if depth > MAX_DEPTH:
                return
            pending += [(inner, depth + 1) for inner in reversed(_inside(node))]


def _inside(node: dict[Any, Any] | list[Any] | tuple[Any, ...]) -> list[Any]:
    if not isinstance(node, dict):
        return list(node)
    keys = sorted(key for key in node if isinstance(key, str))
    return [part for key in keys for part in (key, node[key])]


def _number(number: float) -> str:
    # JSONB gives 1e22 back as an integer of 23 digits, as which it is never kept.
    return repr(float(number) if abs(number) > MAX_INTEGER else number)
