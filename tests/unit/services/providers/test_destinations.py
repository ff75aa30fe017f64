"""Where browsers are sent: a path of this server, a trusted page, a program here; nowhere else."""

import pytest

from runcast.errors import BadRequest
from runcast.services.providers import destinations
from runcast.services.providers.destinations import MAX_LENGTH, Kind

ORIGINS = ("https://app.example", "http://localhost:5173/", "*")


@pytest.mark.parametrize(
    ("url", "kind"),
    [
        ("/", Kind.PAGE),
        ("/a/b?c=d&e=%2F%2Fevil.example", Kind.PAGE),
        ("/@evil.example", Kind.PAGE),
        ("/:8000", Kind.PAGE),
        ("https://app.example", Kind.ELSEWHERE),
        ("https://app.example/back?x=1", Kind.ELSEWHERE),
        ("http://localhost:5173/", Kind.ELSEWHERE),
        ("http://127.0.0.1:4711/", Kind.PROGRAM),
        ("http://127.0.0.1:4711/back?state=x", Kind.PROGRAM),
        ("http://[::1]:4711/", Kind.PROGRAM),
    ],
)
def test_there_one_may_go(url: str, kind: Kind) -> None:
    found = destinations.parse(url, ORIGINS)
    assert (found.url, found.kind) == (url, kind)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "a",
        "evil.example",
        "//evil.example",
        "///evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "/\t/evil.example",
        "/\n/evil.example",
        " /",
        "/ ",
        "/\0",
        "/é",
        "/#x",
        "/a#",
        "https://evil.example/",
        "https://app.example.evil.example/",
        "https://app.example@evil.example/",
        "https://app.example:443/",
        "https://APP.example\\@evil.example/",
        "https:/app.example/",
        "https:app.example",
        "https:///app.example",
        "http://app.example/",
        "https://app.example#x",
        "https://app.exampl\u2024e/",
        "javascript:alert(1)",
        "data:text/html,x",
        "http://127.0.0.1/",
        "http://127.0.0.1:0/",
        "http://127.0.0.1:99999/",
        "https://127.0.0.1:4711/",
        "http://127.1:4711/",
        "http://0x7f000001:4711/",
        "http://localhost:4711/",
        "http://127.0.0.1.evil.example:4711/",
        "http://127.0.0.1:4711@evil.example/",
        "http://ada@127.0.0.1:4711/",
        "http://[::1/",
        "http://[::1]evil.example:1/",
        "http://10.0.0.1:4711/",
        "ftp://127.0.0.1:4711/",
        "*",
        "/" + "x" * MAX_LENGTH,
    ],
)
def test_nobody_is_sent_elsewhere(url: str) -> None:
    with pytest.raises(BadRequest):
        destinations.parse(url, ORIGINS)


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("/a?b=c", "/a?b=c#code=x%26y"),
        ("https://app.example/", "https://app.example/#code=x%26y"),
        ("http://127.0.0.1:1/", "http://127.0.0.1:1/?code=x%26y"),
        ("http://127.0.0.1:1/?a=b", "http://127.0.0.1:1/?a=b&code=x%26y"),
    ],
)
def test_results_are_told_where_only_they_see_them_whom_they_are_for(url: str, told: str) -> None:
    found = destinations.parse(url, ORIGINS)
    assert found.telling(code="x&y") == told
    assert found.telling() == url
