"""JSON Merge Patch (RFC 7396): what a document becomes under a patch. Pure."""

from typing import Any


def merge(target: Any, patch: Any) -> Any:
    """Return the target as the patch changes it; neither is touched.

    An object's members are merged one by one, null removes a member, and everything else replaces
    what was there, arrays included (RFC 7396, 2).
    """
    if not isinstance(patch, dict):
        return patch
    merged = dict(target) if isinstance(target, dict) else {}
    for name, value in patch.items():
        if value is None:
            merged.pop(name, None)
        else:
            merged[name] = merge(merged.get(name), value)
    return merged
