"""Which pages may open a socket."""

import pytest

from runcast import origins

HOST = "runcast.example:8000"


@pytest.mark.parametrize(
    "origin", [None, "http://runcast.example:8000", "https://runcast.example:8000"]
)
def test_programs_and_the_servers_own_pages_may(origin: str | None) -> None:
    assert origins.allowed(origin, HOST, ())


@pytest.mark.parametrize(
    "origin",
    [
        "https://evil.example",
        "https://runcast.example",
        "https://runcast.example:8001",
        "https://runcast.example:8000.evil.example",
        "https://evil.example/runcast.example:8000",
        "file://runcast.example:8000",
        "null",
        "",
        "http://[",
        "http://\u2100",
        "https://runcast.example:8000/",
        "https://runcast.example:8000/page",
        "https://user@runcast.example:8000",
        "https://runcast.example:8000@evil.example",
        "https://runcast.example:8000 https://evil.example",
        " https://runcast.example:8000",
        "HTTPS://runcast.example:8000",
        "https://RUNCAST.example:8000",
        "https://runcast.example.:8000",
    ],
)
def test_pages_from_elsewhere_may_not(origin: str) -> None:
    assert not origins.allowed(origin, HOST, ())


def test_without_a_host_no_page_is_the_servers_own() -> None:
    assert not origins.allowed("https://runcast.example", None, ())
    assert not origins.allowed("https://", "", ())


@pytest.mark.parametrize("others", [["https://app.example"], ["https://app.example/"], ["*"]])
def test_other_pages_may_if_they_are_named(others: list[str]) -> None:
    assert origins.allowed("https://app.example", HOST, others)
    assert origins.allowed("https://app.example.evil", HOST, others) == ("*" in others)


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "127.9.9.9", "::1"])
def test_a_host_that_is_this_machine_is_known(host: str) -> None:
    assert origins.is_loopback(host)


@pytest.mark.parametrize(
    "host", ["", "0.0.0.0", "10.0.0.1", "localhost.evil.example", "127.0.0.1.nip.example", "[::1]"]
)
def test_any_other_host_is_not(host: str) -> None:
    assert not origins.is_loopback(host)
