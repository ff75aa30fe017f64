"""A password is read from standard input, or typed where somebody can type."""

import io
import sys

import pytest
import typer

from runcast.cli import passwords


class Terminal(io.StringIO):
    """Standard input of somebody who can type."""

    def isatty(self) -> bool:
        """Return that it is a terminal."""
        return True


def test_it_is_the_first_line_of_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO(" a b \r\nmore\n"))
    assert passwords.ask(from_stdin=True) == " a b "


def test_where_nobody_can_type_it_is_refused_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO("typed\n"))
    with pytest.raises(typer.BadParameter, match="--password-stdin"):
        passwords.ask(from_stdin=False)


@pytest.mark.parametrize("confirm", [True, False])
def test_it_is_asked_for_and_not_shown(monkeypatch: pytest.MonkeyPatch, confirm: bool) -> None:
    asked: list[dict[str, object]] = []

    def prompt(_text: str, **how: object) -> str:
        asked.append(how)
        return "typed"

    monkeypatch.setattr(sys, "stdin", Terminal())
    monkeypatch.setattr(typer, "prompt", prompt)
    assert passwords.ask(from_stdin=False, confirm=confirm) == "typed"
    assert asked == [{"hide_input": True, "confirmation_prompt": confirm}]


def test_a_code_is_the_next_line_of_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO("a password\n 123456 \n"))
    assert passwords.ask(from_stdin=True) == "a password"
    assert passwords.ask_code(["otp"], from_stdin=True) == "123456"
    with pytest.raises(typer.BadParameter, match="on the line below the password"):
        passwords.ask_code(["otp"], from_stdin=True)


def test_who_has_a_passkey_alone_is_told_of_keys() -> None:
    with pytest.raises(typer.BadParameter, match="RUNCAST_TOKEN"):
        passwords.ask_code(["passkey"], from_stdin=True)


@pytest.mark.parametrize(
    ("code", "methods", "kind"),
    [
        ("123 456", ["otp", "recovery"], "otp"),
        ("abcd-efgh", ["otp", "recovery"], "recovery_code"),
        ("2345", ["recovery", "passkey"], "recovery_code"),
    ],
)
def test_digits_are_a_code_of_the_app_where_there_is_one(
    code: str, methods: list[str], kind: str
) -> None:
    assert passwords.kind_of(code, methods) == kind


def test_a_code_is_asked_for_and_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[str, bool]] = []

    def prompt(text: str, *, hide_input: bool) -> str:
        asked.append((text, hide_input))
        return " 123456 "

    monkeypatch.setattr(typer, "prompt", prompt)
    assert passwords.ask_code(["otp", "recovery", "passkey"], from_stdin=False) == "123456"
    assert asked == [("Code of your authenticator app or a recovery code", True)]
