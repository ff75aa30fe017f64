"""How commands come by a password or a code: typed, and not shown, or handed to standard input.

Neither is ever an argument, which others on the machine could read.
"""

import sys
from collections.abc import Sequence
from typing import Literal

import typer

_CODES = {"otp": "Code of your authenticator app", "recovery": "a recovery code"}


def ask(*, from_stdin: bool, confirm: bool = False) -> str:
    """Return the password.

    Args:
        from_stdin: read the first line of standard input instead of asking.
        confirm: let it be typed twice.

    Raises:
        typer.BadParameter: it is to be typed, and there is nobody who could.
    """
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    if not sys.stdin.isatty():
        raise typer.BadParameter(
            "nobody can type a password here; hand it to standard input with --password-stdin"
        )
    password: str = typer.prompt("Password", hide_input=True, confirmation_prompt=confirm)
    return password


def ask_code(methods: Sequence[str], *, from_stdin: bool) -> str:
    """Return a code that is typed, or is the next line of standard input.

    Args:
        methods: what the account may be shown, as the server said.
        from_stdin: read it instead of asking.

    Raises:
        typer.BadParameter: there is no such line, or the account may be shown no code.
    """
    what = " or ".join(_CODES[way] for way in methods if way in _CODES)
    if not what:
        raise typer.BadParameter(
            "this account signs in by a passkey, which needs a browser; "
            "make an API key there, and set RUNCAST_TOKEN"
        )
    if not from_stdin:
        typed: str = typer.prompt(what, hide_input=True)
        return typed.strip()
    if code := sys.stdin.readline().strip():
        return code
    raise typer.BadParameter(
        "this account has a second factor: hand its code to standard input too, "
        "on the line below the password"
    )


def kind_of(code: str, methods: Sequence[str]) -> Literal["otp", "recovery_code"]:
    """Return as what a code is shown, which is the name that the server knows it by."""
    is_otp = "otp" in methods and "".join(code.split()).isdecimal()
    return "otp" if is_otp else "recovery_code"
