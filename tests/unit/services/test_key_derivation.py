"""Derived keys: one for each purpose, always the same."""

from runcast.services.key_derivation import derive_key

SECRET = "s" * 32


def test_a_purpose_has_always_the_same_key() -> None:
    assert derive_key(SECRET, "cursors") == derive_key(SECRET, "cursors")
    assert len(derive_key(SECRET, "cursors")) == 32


def test_each_purpose_and_each_secret_has_a_key_of_its_own() -> None:
    keys = {derive_key(s, p) for s in (SECRET, "t" * 32) for p in ("cursors", "access tokens")}
    assert len(keys) == 4
