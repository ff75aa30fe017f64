"""How commands come by a password: typed, and not shown, or handed to standard input; never an argument."""

import sys

import typer


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
