"""How a process looks for garbage: seldom; one that serves or works never through what it began with."""

import gc

# Objects made and not freed yet before a look; then every how many looks it goes further. By the default
# of 700, 10, 10 it spent half of the processor time of a worker under load in looking (docs/benchmarks.md).
THRESHOLDS = (10_000, 50, 20)


def look_seldom() -> None:
    """Look for garbage less often from now on: what is loaded at the start, a tenth of that time, is none."""
    gc.set_threshold(*THRESHOLDS)


def collect_seldom() -> None:
    """Set aside all that is there now, and look through what comes later less often.

    To be called once everything has started. Reference counts free nearly everything at once anyway.
    """
    gc.collect()
    gc.freeze()
    look_seldom()
