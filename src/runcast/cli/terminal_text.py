"""Text from elsewhere made safe to print: it may colour itself, and control nothing. Pure."""

import re

from runcast.logs import CONTROLS

_ESCAPES = re.compile(
    r"""
      (?P<colour> \x1b\[ [0-9;]* m )                          # SGR
    | (?: \x1b\[ | \x9b ) [0-?]* [ -/]* [@-~]                 # other control sequences
    | (?: \x1b[\]PX^_] | [\x90\x98\x9d-\x9f] ) .*?            # commands with a text: titles, clipboard
      (?: \x07 | \x1b\\ | \x9c | \Z )
    | \x1b [ -/]* [0-~]?                                      # what is left of escapes
    | (?! [\t\n] ) [CONTROLS]                                # the others, but tab and newline
    """.replace("CONTROLS", CONTROLS),
    re.VERBOSE | re.DOTALL,
)
_RETURNS = re.compile(r"\r\n?")


def coloured(text: str) -> str:
    """Return the text with its colours (SGR, ECMA-48 8.3.117) as the only escape sequences in it.

    A carriage return begins a new line, because it could write over what stands there.
    """
    return _ESCAPES.sub(lambda found: found["colour"] or "", _RETURNS.sub("\n", text))


def plain(text: str) -> str:
    """Return the text without any control code but tab and newline."""
    return _ESCAPES.sub("", _RETURNS.sub("\n", text))


def one_line(text: str) -> str:
    """Return the text as one plain line."""
    return " ".join(plain(text).split())
