"""Places: as many as one may have, and given back."""

from uuid import uuid4

import pytest

from runcast.errors import TooMany
from runcast.feeds.places import Places, holder
from runcast.services.principals import Shared


def test_each_has_as_many_as_one_may_have_and_no_more() -> None:
    places = Places(2)
    with places.taken("ada"), places.taken("ada"):
        with pytest.raises(TooMany, match="2 sockets"), places.taken("ada"):
            raise AssertionError("a third place")
        with places.taken("bob"):
            places.check("bob")
    with places.taken("ada"):
        places.check("ada")


def test_a_place_is_given_back_whatever_happens_in_it() -> None:
    places = Places(1)
    for _ in range(3):
        with pytest.raises(KeyError), places.taken("ada"):
            raise KeyError
    assert not places._open


def test_who_has_shown_nothing_is_told_apart_by_address() -> None:
    shared = Shared(uuid4(), uuid4(), None)
    assert holder(shared, "::1") == shared.share_id
    assert holder(None, "2001:db8::1") == holder(None, "2001:db8::2") == "2001:db8::/64"
