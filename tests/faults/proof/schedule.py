"""What happens in one run of the proof, made from the seed alone: what is started, and what breaks when. Pure."""

import random
from dataclasses import dataclass
from typing import Literal, TypeVar

from tests.tools.cluster import APIS, PROXIED, WORKERS

K = TypeVar("K")
Watching = Literal["websocket", "sse", "raw"]

# How often each handler is started, in parts of a hundred.
_KINDS = {
    "chain": 24,
    "beside": 8,
    "chatter": 16,
    "plainly": 6,
    "talker": 14,
    "impatient": 6,
    "parent": 8,
    "flaky": 6,
    "doomed": 3,
    "endless": 7,
    "quitter": 2,
}
_WATCHING: dict[Watching, int] = {"websocket": 60, "sse": 20, "raw": 20}
# What can be done to each, how often in proportion, and for how many seconds.
_WORKER_FAULTS = {"kill": (5, 0.0, 2.0), "terminate": (3, 0.0, 1.0), "hold": (3, 0.5, 5.0)}
_API_FAULTS = {"kill": (3, 0.0, 2.0), "terminate": (2, 0.0, 1.0), "hold": (2, 0.5, 3.0)}
_POSTGRES_FAULTS = {
    "restart": (2, 0.0, 0.5),
    "crash": (2, 0.0, 0.5),
    "kill": (3, 0.0, 1.0),
    "kill a backend": (3, 0.0, 0.0),
    "end all sessions": (3, 0.0, 0.0),
}
_VALKEY_FAULTS = {"kill": (3, 0.0, 3.0), "hold": (2, 0.5, 4.0)}
_PROXY_FAULTS = {"stall": (3, 0.5, 4.0), "cut": (3, 0.0, 0.0), "refuse": (2, 0.5, 3.0)}
_TARGETS = {
    **dict.fromkeys(WORKERS, (4, _WORKER_FAULTS)),
    **dict.fromkeys(APIS, (3, _API_FAULTS)),
    "postgres": (6, _POSTGRES_FAULTS),
    "valkey": (3, _VALKEY_FAULTS),
    **{f"{name} postgres": (3, _PROXY_FAULTS) for name in PROXIED},
    **{f"{name} valkey": (1, _PROXY_FAULTS) for name in PROXIED},
}


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that breaks `at` so many seconds after the beginning, and for how long it stays so."""

    at: float
    what: str
    target: str
    seconds: float

    def __str__(self) -> str:
        return f"{self.at:6.2f} s  {self.what} {self.target}, {self.seconds:.2f} s"


@dataclass(frozen=True, slots=True)
class Planned:
    """An execution to be started, and how it is watched.

    Attributes:
        key: the Idempotency-Key of its start.
        cancel_after: seconds after its start; None where nobody cancels it.
    """

    at: float
    key: str
    handler: str
    parts: int
    seconds: float
    watching: tuple[Watching, ...]
    cancel_after: float | None


@dataclass(frozen=True, slots=True)
class Schedule:
    """All of it, in order of time."""

    seed: int
    planned: tuple[Planned, ...]
    faults: tuple[Fault, ...]

    def __str__(self) -> str:
        kinds = sorted(planned.handler for planned in self.planned)
        counted = ", ".join(f"{kinds.count(kind)} {kind}" for kind in dict.fromkeys(kinds))
        return "\n".join([f"seed {self.seed}: {counted}", *map(str, self.faults)])


def schedule(seed: int, *, executions: int, faults: int, seconds: float) -> Schedule:
    """Return what happens under this seed.

    Args:
        executions: how many are started.
        faults: how many things break.
        seconds: how long things go on breaking; most executions start in the first half.
    """
    chance = random.Random(seed)
    planned = [_planned(chance, seconds) for _ in range(executions)]
    broken = [_fault(chance, seconds) for _ in range(faults)]
    return Schedule(
        seed,
        tuple(sorted(planned, key=lambda one: one.at)),
        tuple(sorted(broken, key=lambda one: one.at)),
    )


def _planned(chance: random.Random, seconds: float) -> Planned:
    handler = _one_of(chance, _KINDS)
    watchers = chance.choice((1, 1, 1, 2))
    return Planned(
        at=chance.uniform(0, seconds * 0.6),
        key=f"{chance.getrandbits(64):016x}",
        handler=handler,
        parts=chance.randint(1, 3) if handler == "talker" else chance.randint(3, 20),
        seconds=chance.uniform(0.01, 0.2),
        watching=tuple(_one_of(chance, _WATCHING) for _ in range(watchers)),
        cancel_after=chance.uniform(0, seconds / 2) if handler == "endless" else None,
    )


def _fault(chance: random.Random, seconds: float) -> Fault:
    target = _one_of(chance, {name: weight for name, (weight, _) in _TARGETS.items()})
    kinds = _TARGETS[target][1]
    what = _one_of(chance, {name: weight for name, (weight, _, _) in kinds.items()})
    _, shortest, longest = kinds[what]
    return Fault(chance.uniform(0.5, seconds), what, target, chance.uniform(shortest, longest))


def _one_of(chance: random.Random, weights: dict[K, int]) -> K:
    return chance.choices(list(weights), list(weights.values()))[0]
