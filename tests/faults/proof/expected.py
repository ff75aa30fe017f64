"""What an execution of each handler of the proof says and returns when nothing breaks. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any

Said = tuple[str, int, str | None]


def squares(parts: int) -> int:
    """Return the sum of the squares below."""
    return sum(n * n for n in range(parts))


def said_by(handler: str, parts: int) -> list[Said]:
    """Return what counts of what a handler says: (what, n, step)."""
    around = [each for n in range(parts) for each in _around(n)]
    lines: list[Said] = [("line", n, None) for n in range(parts)]
    inside: list[Said] = [_inside(n) for n in range(parts)]
    before, after = ("before", 0, None), ("after", 0, None)
    return {
        "chain": around,
        "talker": around,
        "beside": [before, *inside, after],
        "chatter": lines,
        "plainly": lines,
        "parent": list(_around(0)),
        "impatient": [before, after, ("after", 1, None), _inside(0)],
        "flaky": [_inside(1), before, after],
        "doomed": lines[:1],
        "quitter": lines[:1],
    }[handler]


def state_of(handler: str) -> str:
    """Return how an execution of a handler ends."""
    ends = {"doomed": "failed", "endless": "cancelled", "quitter": "cancelled"}
    return ends.get(handler, "succeeded")


def wrong_words(handler: str, parts: int, said: Sequence[Said]) -> str | None:
    """Return what is wrong with what an execution said and counts, or None."""
    if handler == "endless":
        full = [each for n in range(len(said)) for each in _around(n)[:2]]
        return None if list(said) == full[: len(said)] else f"it said {said}"
    wanted = said_by(handler, parts)
    if handler == "beside":
        return None if sorted(said, key=repr) == sorted(wanted, key=repr) else f"it said {said}"
    return None if list(said) == wanted else f"it said {list(said)}, not {wanted}"


def wrong_result(
    handler: str, parts: int, result: Any, events: Sequence[Mapping[str, Any]]
) -> str | None:
    """Return what is wrong with a result, or None."""
    told = {kind: [e["data"] for e in events if e["kind"] == kind] for kind in ("answer", "signal")}
    wanted: Any = {
        "chain": squares(parts),
        "beside": squares(parts),
        "chatter": parts,
        "plainly": parts,
        "impatient": "in vain",
        "flaky": 5,
        "parent": [squares(parts), parts, "refused"],
        "talker": {
            "words": [data["value"] for data in told["answer"]],
            "signals": [data["data"] for data in told["signal"]],
        },
    }.get(handler)
    return None if result == wanted else f"it returned {result}, not {wanted}"


def _around(n: int) -> tuple[Said, Said, Said]:
    return ("before", n, None), _inside(n), ("after", n, None)


def _inside(n: int) -> Said:
    return ("inside", n, f"s{n}")
