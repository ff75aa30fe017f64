"""Connections by address."""

from runcast.websocket.seats import Seats


def test_an_address_has_as_many_as_the_limit_and_gets_one_back_when_one_leaves() -> None:
    seats = Seats(2)
    first = seats.take("192.0.2.1")
    assert first is not None
    assert seats.take("192.0.2.1") is not None
    assert seats.take("192.0.2.1") is None
    assert seats.take("192.0.2.2") is not None
    first.leave()
    first.leave()
    assert seats.take("192.0.2.1") is not None
    assert seats.take("192.0.2.1") is None


def test_neighbours_in_one_ipv6_network_share_theirs() -> None:
    seats = Seats(1)
    assert seats.take("2001:db8::1") is not None
    assert seats.take("2001:db8::2") is None
    assert seats.take("2001:db8:0:1::2") is not None


def test_proxies_and_what_has_no_address_are_not_counted() -> None:
    seats = Seats(1, ("10.0.0.0/8", "::1"))
    for address in ("10.1.2.3", "::1", None):
        for _ in range(3):
            seat = seats.take(address)
            assert seat is not None
            seat.leave()
    assert seats.take("nonsense") is not None
    assert seats.take("nonsense") is None
