"""How commands come by a password or a code: typed, and not shown, or handed to standard input.

Neither is ever an argument, which others on the machine could read.
"""

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


def ask_code(what: str, *, from_stdin: bool) -> str:
    """Return a code that is typed, or is the next line of standard input; empty at its end.

    Args:
        what: what it is called in the question.
        from_stdin: read it instead of asking.
    """
    if from_stdin:
        return sys.stdin.readline().strip()
    code: str = typer.prompt(what, hide_input=True)
    return code.strip()
