"""Signing in and out, where no server is asked; sessions themselves are proved in tests/cli."""

from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from runcast.cli import app, passwords, signing_in
from runcast_client import MfaFailed, MfaRequired


@pytest.fixture(autouse=True)
def _nobody_anywhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.delenv("RUNCAST_URL", raising=False)


def test_an_address_that_is_no_url_is_refused() -> None:
    done = CliRunner().invoke(app, ["login", "ftp://nowhere", "--email", "a@example.com"])
    assert done.exit_code == 2
    assert "does not begin with http" in done.stderr


def test_without_any_server_the_address_must_be_said() -> None:
    done = CliRunner().invoke(app, ["login", "--email", "a@example.com"])
    assert done.exit_code == 2
    assert "say which server" in done.stderr


def test_who_is_not_signed_in_is_told_so() -> None:
    done = CliRunner().invoke(app, ["logout"])
    assert (done.exit_code, done.output) == (0, "nobody is signed in\n")


def test_where_nobody_can_type_the_way_to_hand_in_the_password_is_named() -> None:
    login = ["login", "http://127.0.0.1:1", "--email", "a@example.com"]
    done = CliRunner().invoke(app, login, input="a password of the tests\n")
    assert done.exit_code == 2
    assert "--password-stdin" in done.stderr


def asked(*methods: str) -> MfaRequired:
    """Return what a right password is refused with."""
    return MfaRequired(400, {"mfa_token": "rco_x", "methods": list(methods)})


class Server:
    """A client whose server takes the second code that is shown."""

    def __init__(self) -> None:
        self.shown: list[dict[str, str]] = []

    async def second_factor(self, mfa_token: str, **shown: str) -> str:
        """Refuse the first one."""
        assert mfa_token == "rco_x"
        self.shown.append(shown)
        if len(self.shown) == 1:
            raise MfaFailed(400, {"detail": "that is not it"})
        return "a session"


async def test_who_mistypes_a_code_is_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    typed = iter(["123 456", "abcd-efgh"])
    monkeypatch.setattr(passwords, "ask_code", lambda _methods, from_stdin: next(typed))
    server: Any = Server()
    done: Any = await signing_in._second_step(server, asked("otp", "recovery"), from_stdin=False)
    assert done == "a session"
    assert server.shown == [{"otp": "123 456"}, {"recovery_code": "abcd-efgh"}]


async def test_what_was_handed_over_is_not_asked_for_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(passwords, "ask_code", lambda _methods, from_stdin: "123456")
    server: Any = Server()
    with pytest.raises(MfaFailed):
        await signing_in._second_step(server, asked("otp"), from_stdin=True)


async def test_digits_are_a_recovery_code_where_there_is_no_app(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(passwords, "ask_code", lambda _methods, from_stdin: "2345")
    server: Any = Server()
    await signing_in._second_step(server, asked("recovery", "passkey"), from_stdin=False)
    assert server.shown == [{"recovery_code": "2345"}] * 2
