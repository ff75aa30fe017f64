"""Heads that are refused, and those that are not."""

import pytest

from runcast.errors import BadRequest, HeadTooLarge
from runcast.websocket.arrival import MAX_HEAD_BYTES, MAX_HEAD_FIELDS
from runcast.websocket.heads import Head, unfit

HOST = (b"host", b"a")


def head(target: bytes = b"/", version: str = "1.1", *fields: tuple[bytes, bytes]) -> Head:
    """Return the head of a GET, with one Host unless fields are given."""
    return Head(b"GET", target, version, fields or (HOST,))


@pytest.mark.parametrize("target", [b"/", b"*", b"//", b"/a?b=%ff", b"http://a/x?y", b"/" * 60_000])
def test_what_names_a_path_is_a_target(target: bytes) -> None:
    assert unfit(head(target)) is None


@pytest.mark.parametrize(
    "target",
    [
        b"", b"x", b"x:1", b"?x", b"#", b"http:/x", b"http:///x", b"http://a", b"http://a:b/",
        b"http://a:99999999/", b"http://a@b@c/", b"http://[::1/x", b"/\x7f", b"/\xff",
    ],
)  # fmt: skip
def test_what_names_none_is_not(target: bytes) -> None:
    assert isinstance(unfit(head(target)), BadRequest)


@pytest.mark.parametrize(
    ("version", "count", "is_fit"),
    [("1.1", 1, True), ("1.1", 0, False), ("1.1", 2, False), ("1.0", 0, True), ("1.0", 2, False)],
)
def test_a_request_names_its_host_once(version: str, count: int, *, is_fit: bool) -> None:
    fields = [(b"x", b"y")] + [HOST] * count
    assert (unfit(head(b"/", version, *fields)) is None) is is_fit


def test_a_head_is_as_long_and_as_large_as_it_may_be() -> None:
    many = [HOST, *[(b"x", b"")] * MAX_HEAD_FIELDS]
    assert unfit(head(b"/", "1.1", *many[:-1])) is None
    assert isinstance(unfit(head(b"/", "1.1", *many)), HeadTooLarge)
    assert isinstance(unfit(head(b"/" * MAX_HEAD_BYTES)), HeadTooLarge)


@pytest.mark.parametrize(
    ("method", "version", "name"),
    [(b"POST", "1.1", b"x"), (b"GET", "1.0", b"x"), (b"GET", "1.1", b"content-length")],
)
def test_a_websocket_begins_with_a_get_that_has_no_body(
    method: bytes, version: str, name: bytes
) -> None:
    fields = [HOST, (name, b"1")]
    assert unfit(Head(method, b"/", version, fields)) is None
    assert isinstance(unfit(Head(method, b"/", version, fields, upgrades=True)), BadRequest)
    assert unfit(Head(b"GET", b"/", "1.1", [HOST], upgrades=True)) is None
