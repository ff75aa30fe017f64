"""Addresses count by network, accounts by a digest."""

import pytest

from runcast.rates.whose import account, network


@pytest.mark.parametrize(
    ("address", "counts_as"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:DB8:1:2::", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("", "nowhere"),
        ("testclient", "nowhere"),
    ],
)
def test_an_address_counts_as_its_network(address: str, counts_as: str) -> None:
    assert network(address) == counts_as


def test_an_account_is_told_by_a_digest_that_only_the_key_gives() -> None:
    digest = account(b"key", "alice@example.com")
    assert digest == account(b"key", "alice@example.com")
    assert "alice" not in digest
    assert len({digest, account(b"other", "alice@example.com"), account(b"key", "\ud800")}) == 3
