"""Signing keys: which one signs, which verify, and until when."""

from datetime import timedelta

import pytest

from runcast.services.signing.signing_keys import (
    Keys,
    Standing,
    generate,
    of_seed,
    public_text,
    thumbprint,
)
from tests.tools.jwts import part
from tests.tools.signing_keys import BEGINNING, key

OLD, NOW, NEXT = key("o", -90), key("n"), key("x", 90)
OVERLAP = timedelta(minutes=6)


@pytest.fixture
def keys() -> Keys:
    """Return three keys in no order, on the day on which the second begins to sign."""
    return Keys([NEXT, OLD, NOW], OVERLAP)


def test_the_youngest_that_may_sign_does(keys: Keys) -> None:
    assert keys.active(BEGINNING) is NOW
    assert keys.active(BEGINNING - timedelta(microseconds=1)) is OLD
    assert keys.active(NEXT.signs_from) is NEXT


def test_where_all_are_of_the_future_the_oldest_signs(keys: Keys) -> None:
    assert keys.active(OLD.signs_from - timedelta(days=1)) is OLD


def test_one_verifies_before_it_signs_and_until_what_it_signed_has_expired(keys: Keys) -> None:
    assert keys.verifying(BEGINNING) == [NEXT, NOW, OLD]
    assert keys.by_header(OLD.header, BEGINNING + OVERLAP - timedelta(seconds=1)) is OLD
    assert keys.by_header(OLD.header, BEGINNING + OVERLAP) is None
    assert keys.verifying(BEGINNING + OVERLAP) == [NEXT, NOW]
    assert keys.by_header(NEXT.header, BEGINNING) is NEXT
    assert keys.by_header(NEXT.header, NEXT.signs_from + timedelta(days=10_000)) is NEXT


def test_each_has_a_standing(keys: Keys) -> None:
    def standings(after: timedelta) -> list[str]:
        return [keys.standing(each, BEGINNING + after) for each in keys]

    assert standings(timedelta(0)) == [Standing.NEXT, Standing.ACTIVE, Standing.RETIRING]
    assert standings(OVERLAP) == [Standing.NEXT, Standing.ACTIVE, Standing.SPENT]
    assert standings(timedelta(days=90)) == [Standing.ACTIVE, Standing.RETIRING, Standing.SPENT]
    assert keys.of(BEGINNING, Standing.NEXT) == [NEXT]


def test_the_header_is_what_stands_in_front_of_every_token_of_the_key() -> None:
    assert NOW.header == part({"alg": "EdDSA", "typ": "at+jwt", "kid": NOW.kid})


def test_the_kid_is_the_thumbprint_of_rfc_8037() -> None:
    # Appendix A.1 to A.3 of the RFC.
    seed = bytes.fromhex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60")
    known = of_seed(seed, created_at=BEGINNING, signs_from=BEGINNING)
    assert public_text(known.public) == "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"
    assert thumbprint(known.public) == known.kid == "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"


def test_generated_keys_differ_and_come_back_from_their_seed() -> None:
    one, other = (generate(created_at=BEGINNING, signs_from=BEGINNING) for _ in range(2))
    assert one.kid != other.kid
    assert len(one.seed) == 32
    again = of_seed(one.seed, created_at=BEGINNING, signs_from=BEGINNING)
    assert (again.kid, again.header) == (one.kid, one.header)
