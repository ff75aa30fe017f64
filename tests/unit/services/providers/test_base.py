"""What strangers say of themselves is taken if it can be kept and shown."""

import pytest

from runcast.errors import SignInRefused
from runcast.services.providers.base import checked_subject, cleaned_name, cleaned_word


@pytest.mark.parametrize("subject", ["1", "auth0|5f7c8ec7", "x" * 255])
def test_a_subject_is_taken_as_it_is(subject: str) -> None:
    assert checked_subject(subject) == subject


@pytest.mark.parametrize("odd", [None, "", 7, ["1"], "x" * 256, "a\0b", "a\nb", "é", "\ud800"])
def test_what_cannot_be_one_is_refused(odd: object) -> None:
    with pytest.raises(SignInRefused):
        checked_subject(odd)


@pytest.mark.parametrize(
    ("told", "name"),
    [
        ("Ada Lovelace", "Ada Lovelace"),
        (" Ада\n", "Ада"),
        ("a\0b\ud800", "ab"),
        ("x" * 300, "x" * 200),
        ("x" * 199 + " y", "x" * 199),
        ("\n", None),
        (None, None),
        ({"first": "Ada"}, None),
    ],
)
def test_a_name_is_made_fit(told: object, name: str | None) -> None:
    assert cleaned_name(told) == name


def test_an_error_code_can_be_shown() -> None:
    assert cleaned_word("login_required") == "login_required"
    assert cleaned_word("a\r\nb\x1b[0mé" + "x" * 99) == "ab[0m" + "x" * 59
