"""The setting of rates: on, off, or overrides in the library's notation."""

import pytest

from runcast import quotas
from runcast.quotas import Limit


def test_on_has_a_limit_for_each_policy() -> None:
    limits = quotas.parse("on")
    assert limits.keys() == quotas.DEFAULTS.keys()
    assert all(limits.values())


def test_off_has_none() -> None:
    assert quotas.parse(" off ") == {}


def test_an_override_leaves_the_others_as_they_are() -> None:
    limits = quotas.parse("sign-in=3/minute; 5 per 30 second, requests = 1/second")
    assert limits["sign-in"] == (Limit("sign-in", 3, 60), Limit("sign-in-30", 5, 30))
    assert limits["requests"] == (Limit("requests", 1, 1),)
    assert limits["accounts"] == quotas.parse("on")["accounts"]


def test_one_policy_alone_can_be_off() -> None:
    assert quotas.parse("requests=off")["requests"] == ()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "maybe",
        "requests",
        "nothing=1/minute",
        "requests=",
        "requests=fast",
        "requests=0/minute",
    ],
)
def test_what_is_no_limit_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"polic|limit"):
        quotas.parse(text)
