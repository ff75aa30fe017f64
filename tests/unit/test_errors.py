"""The tree that the module draws is the tree that there is, with the statuses and close codes it says."""

import re

import pytest

from runcast import errors
from runcast.errors import RuncastError

_LINE = re.compile(r"^[\s│]*[├└]── (\w+)(?: +(\d{3}))?(?: +(\d{4}))?", re.MULTILINE)


def drawn() -> list[tuple[str, str, str]]:
    """Return name, status and close code of each line of the drawing."""
    found = _LINE.findall(errors.__doc__ or "")
    return [(name, status, close_code) for name, status, close_code in found]


def kinds(kind: type[RuncastError] = RuncastError) -> list[type[RuncastError]]:
    """Return all refusals below this one, of this module, depth first."""
    here = [one for one in kind.__subclasses__() if one.__module__ == errors.__name__]
    return [found for one in here for found in (one, *kinds(one))]


def test_every_refusal_is_drawn_once_and_in_its_place() -> None:
    assert [name for name, _, _ in drawn()] == [kind.__name__ for kind in kinds()]


@pytest.mark.parametrize(("name", "status", "close_code"), drawn())
def test_a_refusal_has_the_status_and_close_code_that_are_drawn(
    name: str, status: str, close_code: str
) -> None:
    kind = getattr(errors, name)
    assert not status or kind.status == int(status)
    assert not close_code or kind.close_code == int(close_code)


def test_each_refusal_has_a_code_and_a_title_of_its_own() -> None:
    named = [kind for kind in kinds() if kind is not errors.TokenRefused]
    assert len({(kind.code, kind.title) for kind in named}) == len(named)


def test_a_refusal_without_words_says_its_title() -> None:
    assert errors.NotFound().detail == errors.NotFound.title == str(errors.NotFound())
    assert errors.NotFound("no such item").detail == "no such item"
