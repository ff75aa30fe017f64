"""Entity tags and preconditions (RFC 9110, 8.8.3 and 13.1): a version as a tag, and tags as versions."""

import re

_TAG = re.compile(r'(W/)?"([\x21\x23-\x7e\x80-\xff]*)"')
_ONE = rf"(?:{_TAG.pattern}[ \t]*)?"
_LIST = re.compile(rf"[ \t]*{_ONE}(?:,[ \t]*{_ONE})*")
_VERSION = re.compile(r"[1-9][0-9]{0,17}", re.ASCII)


def etag(version: int) -> str:
    """Return the strong entity tag of a version."""
    return f'"{version}"'


def versions_of_if_match(header: str | None) -> frozenset[int] | None:
    """Return the versions that If-Match allows; None if it allows any.

    It compares strongly: a weak tag matches nothing (RFC 9110, 13.1.1). What is no tag matches
    nothing either, so that a condition that cannot be understood is never taken for fulfilled.
    """
    if header is None or header.strip() == "*":
        return None
    return _versions(header, weak_too=False)


def none_match(header: str | None, version: int) -> bool:
    """Tell whether If-None-Match lets this version be sent (RFC 9110, 13.1.2; it compares weakly)."""
    if header is None:
        return True
    return header.strip() != "*" and version not in _versions(header, weak_too=True)


def _versions(header: str, *, weak_too: bool) -> frozenset[int]:
    if not _LIST.fullmatch(header):
        return frozenset()
    return frozenset(
        int(opaque)
        for weak, opaque in _TAG.findall(header)
        if (weak_too or not weak) and _VERSION.fullmatch(opaque)
    )
