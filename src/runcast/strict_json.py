"""JSON that every database and every client can hold: the one reader and writer of documents.

RFC 8259 with the bounds of I-JSON (RFC 7493): no NaN or Infinity, no integer beyond ±(2⁵³-1), no NUL,
no lone surrogate, no nesting past 64. PostgreSQL's JSONB takes neither NUL nor lone surrogates, and a
NaN in SQLite's JSON poisons every later query of the column; so they are refused at the edge.
"""

import json
import math
import re
from typing import Any

import orjson

MAX_DEPTH = 64
MAX_INTEGER = 2**53 - 1
# Text past this is read in a thread: a mebibyte of brackets takes most of a second.
MAX_ON_THE_LOOP = 32 * 1024

# What these do not find cannot break a rule, so that the common body is parsed once and never walked:
# an escape that may stand for NUL or a surrogate, or sixteen digits in a row.
_ESCAPE = re.compile(rb"\\u(?:0000|[dD][89a-fA-F])")
_LONG_NUMBER = re.compile(rb"\d{16}|[eE]\+?\d")


class InvalidDocument(ValueError):
    """The text or value is not a document that Runcast keeps; the message says which rule it breaks."""


def loads(text: bytes) -> Any:
    """Parse UTF-8 JSON text into plain Python values.

    Raises:
        InvalidDocument: malformed, or beyond one of the bounds in the module's docstring.
    """
    try:
        value = _loads_exact(text) if _LONG_NUMBER.search(text) else orjson.loads(text)
    except (ValueError, RecursionError) as error:
        if isinstance(error, InvalidDocument):
            raise
        raise InvalidDocument("not valid JSON: " + str(error)) from None
    if text.count(b"[") + text.count(b"{") > MAX_DEPTH or _ESCAPE.search(text):
        check(value)
    return value


def dumps(value: Any) -> bytes:
    """Return a checked value (see `check`) as compact UTF-8 JSON.

    Raises:
        InvalidDocument: as `check`, or a type that JSON has no word for.
    """
    check(value)
    return orjson.dumps(value)


def check(value: Any) -> None:
    """Refuse what `loads` would refuse, in a value that is already in memory.

    Raises:
        InvalidDocument: naming the rule, for the first offence found.
    """
    pending: list[tuple[Any, int]] = [(value, 1)]
    while pending:
        node, depth = pending.pop()
        if isinstance(node, dict):
            _check_depth(depth)
            for key, member in node.items():
                if not isinstance(key, str):
                    raise InvalidDocument(f"an object's key is a string, not {type(key).__name__}")
                _check_text(key)
                pending.append((member, depth + 1))
        elif isinstance(node, list | tuple):
            _check_depth(depth)
            pending.extend((member, depth + 1) for member in node)
        else:
            _check_scalar(node)


def _check_depth(depth: int) -> None:
    if depth > MAX_DEPTH:
        raise InvalidDocument(f"nested deeper than {MAX_DEPTH}")


def _check_scalar(node: Any) -> None:
    if isinstance(node, str):
        _check_text(node)
    elif node is None or isinstance(node, bool):
        return
    elif isinstance(node, int):
        if abs(node) > MAX_INTEGER:
            raise InvalidDocument("an integer is beyond ±(2^53-1)")
    elif isinstance(node, float):
        if not math.isfinite(node):
            raise InvalidDocument("a number is not finite")
    else:
        raise InvalidDocument(f"JSON has no word for {type(node).__name__}")


def _check_text(text: str) -> None:
    if "\0" in text:
        raise InvalidDocument("a string holds a NUL character")
    try:
        text.encode()
    except UnicodeEncodeError:
        raise InvalidDocument("a string holds a lone surrogate") from None


def _loads_exact(text: bytes) -> Any:
    """Parse with the standard library, which sees every digit that orjson would round."""
    return json.loads(
        text.decode("utf-8"),
        parse_int=_bounded_integer,
        parse_float=_finite_number,
        parse_constant=_refuse_constant,
    )


def _bounded_integer(digits: str) -> int:
    if len(digits) > 17 or abs(int(digits)) > MAX_INTEGER:
        raise InvalidDocument("an integer is beyond ±(2^53-1)")
    return int(digits)


def _finite_number(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        raise InvalidDocument("a number is not finite")
    return number


def _refuse_constant(name: str) -> float:
    raise InvalidDocument(f"{name} is not JSON")
