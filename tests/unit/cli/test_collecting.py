"""The garbage collector leaves what a process began with alone, and still finds garbage."""

import gc
import weakref
from collections.abc import Iterator

import pytest

from runcast.cli.collecting import THRESHOLDS, collect_seldom, look_seldom


class Node:
    """Refers to itself, so that no count of references frees it."""

    def __init__(self) -> None:
        self.itself = self


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    thresholds = gc.get_threshold()
    gc.unfreeze()
    yield
    gc.freeze()
    gc.set_threshold(*thresholds)


def test_looks_are_rare_from_the_start() -> None:
    look_seldom()
    assert gc.get_threshold() == THRESHOLDS
    assert gc.get_freeze_count() == 0


def test_what_is_there_is_set_aside_and_looks_are_rare() -> None:
    collect_seldom()
    assert gc.get_freeze_count() > 1000
    assert gc.get_threshold() == THRESHOLDS


def test_garbage_that_comes_later_is_found() -> None:
    collect_seldom()
    gone = weakref.ref(Node())
    kept = [Node() for _ in range(THRESHOLDS[0] + 1)]
    assert kept
    assert gone() is None
