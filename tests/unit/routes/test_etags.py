"""Entity tags compare as RFC 9110 says: strongly for If-Match, weakly for If-None-Match."""

import pytest

from runcast.routes.etags import etag, none_match, versions_of_if_match


def test_a_version_is_a_strong_tag() -> None:
    assert etag(3) == '"3"'


@pytest.mark.parametrize("header", [None, "*", " * "])
def test_any_version_will_do_without_a_condition(header: str | None) -> None:
    assert versions_of_if_match(header) is None


@pytest.mark.parametrize(
    ("header", "versions"),
    [
        ('"3"', {3}),
        ('"3", "4"', {3, 4}),
        (' "3" ,, "4" ,', {3, 4}),
        ('"3",W/"4","x,\x80"', {3}),
        ('W/"3"', set()),
        ('"03"', set()),
        ('"-3"', set()),
        ('"٣"', set()),
        ("3", set()),
        ('x"3"', set()),
        ('"3" "4"', set()),
        ('"3', set()),
        ("", set()),
        ('w/"3"', set()),
        ('*, "3"', set()),
    ],
)
def test_if_match_names_versions_by_strong_tags_only(header: str, versions: set[int]) -> None:
    assert versions_of_if_match(header) == frozenset(versions)


@pytest.mark.parametrize(
    ("header", "sent"),
    [
        (None, True),
        ('"3"', False),
        ('W/"3"', False),
        ('"2", "3"', False),
        ("*", False),
        ('"2"', True),
        ("3", True),
    ],
)
def test_if_none_match_compares_weakly(header: str | None, sent: bool) -> None:
    assert none_match(header, 3) is sent
