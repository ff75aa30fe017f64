"""How JSON columns are written and read on both databases, so that what was kept comes back the same."""

import re
from typing import Any

import orjson

from runcast import strict_json

_LONG_NUMBER = re.compile(rb"\d{16}")


def dump(value: Any) -> str:
    """Return the text that is stored.

    SQLAlchemy's own would write NaN into a plain JSON column, and turn a key 1 into "1".

    Raises:
        strict_json.InvalidDocument: it is not strict JSON.
    """
    return strict_json.dumps(value).decode()


def load(text: bytes | str) -> Any:
    """Return the value of a stored text.

    JSONB writes the number 1e22 as an integer of 23 digits. No integer that long was ever stored, so
    it is a floating-point number again.
    """
    value = orjson.loads(text)
    raw = text.encode() if isinstance(text, str) else text
    return _floats_again(value) if _LONG_NUMBER.search(raw) else value


def _floats_again(node: Any) -> Any:
    if isinstance(node, dict):
        return {key: _floats_again(member) for key, member in node.items()}
    if isinstance(node, list):
        return [_floats_again(member) for member in node]
    if isinstance(node, int) and abs(node) > strict_json.MAX_INTEGER:
        return float(node)
    return node
