"""`runcast login` and `logout`: a person's session on a server, kept for the commands that follow."""

from typing import Annotated

import typer

Url = Annotated[
    str | None,
    typer.Argument(metavar="[URL]", help="RUNCAST_URL or the server of this folder, if left out."),
]
Email = Annotated[str, typer.Option("--email", prompt="Email", help="Asked for, if left out.")]
FromStdin = Annotated[
    bool,
    typer.Option(
        "--password-stdin",
        help="Read the password from standard input, and a second factor's code from its next line.",
    ),
]


def login(email: Email, url: Url = None, password_stdin: FromStdin = False) -> None:
    """Sign in; `run` and `watch` use the session from then on."""
    # The client takes longer to load than all of `runcast --help`.
    from runcast.cli import signing_in  # noqa: PLC0415

    signing_in.sign_in(url, email, from_stdin=password_stdin)


def logout() -> None:
    """End the session that `runcast login` began."""
    from runcast.cli import signing_in  # noqa: PLC0415 - see above

    signing_in.sign_out()
