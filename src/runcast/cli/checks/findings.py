"""A finding: what is, how bad that is, and what to do about it. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """How bad it is. What is a danger where others reach the server may be a note on one's own machine."""

    OK = "ok"
    NOTE = "note"
    WARNING = "warning"
    DANGER = "danger"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at.

    Attributes:
        about: what was looked at: a setting, a file, an answer. Never a secret.
        what: what is.
        advice: what to do; empty where nothing is to be done.
    """

    level: Level
    about: str
    what: str
    advice: str = ""


def ok(about: str, what: str) -> Finding:
    """Return that it is as it should be."""
    return Finding(Level.OK, about, what)


def note(about: str, what: str, advice: str = "") -> Finding:
    """Return what one should know."""
    return Finding(Level.NOTE, about, what, advice)


def warning(about: str, what: str, advice: str) -> Finding:
    """Return what should be otherwise."""
    return Finding(Level.WARNING, about, what, advice)


def danger(about: str, what: str, advice: str) -> Finding:
    """Return what must be otherwise before anybody else reaches the server."""
    return Finding(Level.DANGER, about, what, advice)


def milder(findings: Iterable[Finding]) -> list[Finding]:
    """Return what is found where nobody else reaches the server: nothing there is worse than a note."""
    return [
        finding if finding.level is Level.OK else note(finding.about, finding.what, finding.advice)
        for finding in findings
    ]
