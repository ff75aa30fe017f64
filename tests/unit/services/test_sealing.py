"""What is sealed opens with its key, at its place, and nowhere else."""

import pytest

from runcast.services.sealing import NotOpened, Sealer

KEY = bytes(range(32))
SECRET = b"a secret of some length"


def test_what_was_sealed_opens_and_does_not_show() -> None:
    sealed = Sealer(KEY).seal(SECRET, "totp of ada")
    assert Sealer(KEY).open(sealed, "totp of ada") == SECRET
    assert SECRET not in sealed


def test_the_same_secret_is_never_sealed_the_same() -> None:
    sealer = Sealer(KEY)
    assert sealer.seal(SECRET, "here") != sealer.seal(SECRET, "here")


@pytest.mark.parametrize(("key", "place"), [(KEY[::-1], "here"), (KEY, "there")])
def test_another_key_or_place_opens_nothing(key: bytes, place: str) -> None:
    sealed = Sealer(KEY).seal(SECRET, "here")
    with pytest.raises(NotOpened):
        Sealer(key).open(sealed, place)


@pytest.mark.parametrize("at", range(12 + len(SECRET) + 16))
def test_one_changed_bit_anywhere_is_noticed(at: int) -> None:
    sealed = bytearray(Sealer(KEY).seal(SECRET, "here"))
    sealed[at] ^= 1
    with pytest.raises(NotOpened):
        Sealer(KEY).open(bytes(sealed), "here")


@pytest.mark.parametrize("text", [b"", b"short", bytes(12), bytes(27)])
def test_what_is_too_short_opens_nothing(text: bytes) -> None:
    with pytest.raises(NotOpened):
        Sealer(KEY).open(text, "here")
