"""By what name somebody is counted: an address by its network, an account by a digest of it. Pure."""

import hashlib
from functools import lru_cache
from ipaddress import IPv6Address, ip_address, ip_network

# What one line of an ordinary customer gets: by single addresses it would be counted as 2⁶⁴ people.
IPV6_PREFIX = 64


@lru_cache(maxsize=4096)
def network(address: str) -> str:
    """Return what an address counts as: itself, and IPv6 its /64. What is no address counts as one."""
    try:
        found = ip_address(address)
    except ValueError:
        return "nowhere"
    if not isinstance(found, IPv6Address):
        return str(found)
    if found.ipv4_mapped is not None:
        return str(found.ipv4_mapped)
    return str(ip_network((found.packed, IPV6_PREFIX), strict=False))


def account(key: bytes, typed: str) -> str:
    """Return what a typed account counts as: a keyed digest, because it goes over to Redis.

    Args:
        key: at most 64 bytes, the same in every process.
        typed: the address as it is compared, known or not.
    """
    spelt = typed.encode("utf-8", "surrogatepass")
    return hashlib.blake2b(spelt, digest_size=16, key=key).hexdigest()
