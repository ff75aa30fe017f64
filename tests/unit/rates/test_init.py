"""The room's public names."""

from runcast import rates


def test_the_public_names_are_there() -> None:
    assert all(hasattr(rates, name) for name in rates.__all__)
