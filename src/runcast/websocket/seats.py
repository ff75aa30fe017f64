"""How many connections each address has open here. Bounded, but for proxies, through which many come."""

from collections import Counter
from collections.abc import Collection
from ipaddress import ip_address, ip_network

from runcast.rates import network


class Seat:
    """One connection's place among those of its address."""

    def __init__(self, seats: "Seats", whose: str | None) -> None:
        self._seats = seats
        self._whose = whose

    def leave(self) -> None:
        """Give it back: the connection has ended, or somebody has signed in on it. Safe to call twice."""
        whose, self._whose = self._whose, None
        if whose is not None:
            self._seats.free(whose)


class Seats:
    """Those of one server.

    Args:
        limit: how many connections one address (IPv6: its /64) may have.
        proxies: addresses and networks that are not counted.
    """

    def __init__(self, limit: int, proxies: Collection[str] = ()) -> None:
        self._limit = limit
        self._proxies = [ip_network(proxy) for proxy in proxies]
        self._taken: Counter[str] = Counter()

    def take(self, address: str | None) -> Seat | None:
        """Return a seat for a connection; None if its address has as many as it may."""
        if address is None or self._is_proxy(address):
            return Seat(self, None)
        whose = network(address)
        if self._taken[whose] >= self._limit:
            return None
        self._taken[whose] += 1
        return Seat(self, whose)

    def free(self, whose: str) -> None:
        """Count one connection of an address less."""
        self._taken[whose] -= 1
        if not self._taken[whose]:
            del self._taken[whose]

    def _is_proxy(self, address: str) -> bool:
        if not self._proxies:
            return False
        try:
            found = ip_address(address)
        except ValueError:
            return False
        return any(found in proxy for proxy in self._proxies)
