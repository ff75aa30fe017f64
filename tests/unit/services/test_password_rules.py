"""What a new password may be."""

import gzip
from importlib.resources import files

import pytest

from runcast.errors import Unprocessable
from runcast.services.password_rules import check


@pytest.mark.parametrize(
    "password", ["password", "12345678", "Password1", "QWERTYUIOP", "\uff50assword", "iloveyou"]
)
async def test_a_common_password_is_refused_however_it_is_written(password: str) -> None:
    with pytest.raises(Unprocessable, match="most common"):
        await check(password)


@pytest.mark.parametrize(
    "password", ["lovelace1815", "my Lovelace", "Runcast for me", "LOVELACE lives"]
)
async def test_a_password_of_what_anybody_knows_is_refused(password: str) -> None:
    with pytest.raises(Unprocessable, match="address"):
        await check(password, "Lovelace@example.com")


@pytest.mark.parametrize("email", [None, "ada@example.com", "local"])
async def test_no_composition_is_asked_for(email: str | None) -> None:
    for password in ("correct horse battery staple", "a dam is not a damn", "ijwqnfkz"):
        await check(password, email)


@pytest.mark.parametrize("password", ["", "short", "x" * 1025])
async def test_the_length_is_bounded(password: str) -> None:
    with pytest.raises(Unprocessable, match="8 to 1024"):
        await check(password)


def test_at_least_the_3000_most_common_that_are_long_enough_are_known() -> None:
    packed = files("runcast.services").joinpath("common_passwords.txt.gz").read_bytes()
    known = gzip.decompress(packed).decode().splitlines()
    assert len(known) >= 3000
    assert all(len(password) >= 8 for password in known)


def test_the_licence_of_the_list_lies_beside_it() -> None:
    licence = files("runcast.services").joinpath("common_passwords.license.txt").read_text()
    assert "zxcvbn" in licence
    assert "Permission is hereby granted" in licence
