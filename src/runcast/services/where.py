"""`where=pointer:json`: one condition on a document, read from text. Pure."""

import re
from dataclasses import dataclass
from typing import Any

from runcast import strict_json
from runcast.errors import Unprocessable

MAX_TOKENS = (
    16  # Each is a join of the query: planning ten pointers of 64 stops the loop for 0.1 s.
)
_BAD_ESCAPE = re.compile(r"~(?![01])")


@dataclass(frozen=True, slots=True)
class Condition:
    """The value at a JSON Pointer's reference tokens (RFC 6901) equals `value`."""

    tokens: tuple[str, ...]
    value: Any


def parse(text: str) -> Condition:
    """Return the condition that the text states.

    A pointer may hold colons, and so may JSON: the pointer ends at the first colon after which the
    rest is JSON.

    Raises:
        Unprocessable: no colon has strict JSON after it, or what stands before is no JSON Pointer.
    """
    refusal = "it has no colon"
    for colon in re.finditer(":", text):
        try:
            value = strict_json.loads(text[colon.end() :].encode())
        except strict_json.InvalidDocument as error:
            refusal = str(error)
        else:
            return Condition(parse_pointer(text[: colon.start()]), value)
    raise Unprocessable(f"where is a JSON Pointer, a colon and JSON, not {text!r}: {refusal}")


def parse_pointer(text: str) -> tuple[str, ...]:
    """Return the reference tokens of a JSON Pointer (RFC 6901, 3), unescaped.

    Raises:
        Unprocessable: it is none, holds a NUL, or has more than 16 tokens.
    """
    if text and not text.startswith("/"):
        raise Unprocessable(f"a JSON Pointer is empty or begins with a slash, unlike {text!r}")
    if "\0" in text or _BAD_ESCAPE.search(text):
        raise Unprocessable(f"{text!r} holds a NUL or a tilde that is neither ~0 nor ~1")
    tokens = text.split("/")[1:]
    if len(tokens) > MAX_TOKENS:
        raise Unprocessable(f"a JSON Pointer has at most {MAX_TOKENS} tokens")
    return tuple(token.replace("~1", "/").replace("~0", "~") for token in tokens)
