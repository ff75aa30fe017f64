"""`runcast doctor`: looks at a deployment as docs/security.md says that it should be, and says what to do."""

import asyncio
import json
import os
from collections import Counter
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from runcast.cli import passwords

if TYPE_CHECKING:
    from runcast.cli.checks.answers import Account
    from runcast.cli.checks.findings import Finding
    from runcast.settings import Settings

Target = Annotated[
    str | None,
    typer.Argument(metavar="[APP]", help="Whose settings; of the environment alone, if left out."),
]
Url = Annotated[str | None, typer.Option("--url", help="A running server, to see what it answers.")]
Email = Annotated[
    str | None, typer.Option("--email", help="Sign in to that server, to see its cookie.")
]
FromStdin = Annotated[
    bool,
    typer.Option(
        "--password-stdin",
        help="Read the password from standard input, and a second factor's code from its next line.",
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON document instead of lines.")]
Verbose = Annotated[bool, typer.Option("--all", help="Show what is as it should be, too.")]


def doctor(
    target: Target = None,
    url: Url = None,
    email: Email = None,
    *,
    password_stdin: FromStdin = False,
    as_json: AsJson = False,
    show_all: Verbose = False,
) -> None:
    """Look for what is dangerous in how Runcast is deployed, and say what to do.

    Exit status: 0 nothing dangerous was found, 1 something was.
    """
    from runcast.cli.checks import ways  # noqa: PLC0415 - `runcast --help` need not wait for it
    from runcast.cli.checks.answers import Account  # noqa: PLC0415 - see above

    settings = _settings(target)
    account = None
    if email is not None:
        account = Account(email, passwords.ask(from_stdin=password_stdin), password_stdin)
    reached = ways.is_reached(settings, url)
    findings = _looked_at(settings, reached=reached)
    findings += asyncio.run(_asked(settings, url, account))
    if as_json:
        typer.echo(json.dumps([asdict(finding) for finding in findings], indent=2))
    else:
        _tell(findings, reached=reached, show_all=show_all)
    if any(finding.level == "danger" for finding in findings):
        raise typer.Exit(1)


def _settings(target: str | None) -> "Settings":
    from runcast.cli.loading import load_app  # noqa: PLC0415 - see above
    from runcast.settings import Settings  # noqa: PLC0415 - see above

    return Settings() if target is None else load_app(target).settings


def _looked_at(settings: "Settings", *, reached: bool) -> "list[Finding]":
    from runcast.cli.checks import places, policies, secrets, ways  # noqa: PLC0415 - see above
    from runcast.cli.checks.findings import milder  # noqa: PLC0415 - see above

    set_so = [
        *secrets.check(settings),
        *ways.check(settings, os.environ),
        *policies.check(settings),
    ]
    return [*(set_so if reached else milder(set_so)), *places.check(settings)]


async def _asked(
    settings: "Settings", url: str | None, account: "Account | None"
) -> "list[Finding]":
    from runcast.cli.checks import answers, ringing, rows  # noqa: PLC0415 - see above

    found = [*await rows.check(settings), *await ringing.check(settings)]
    return found if url is None else [*found, *await answers.check(url, account)]


def _tell(findings: "list[Finding]", *, reached: bool, show_all: bool) -> None:
    if not reached:
        typer.echo(
            "As a server that this machine alone reaches; RUNCAST_PUBLIC_URL or --url say else."
        )
    for finding in findings:
        if show_all or finding.level != "ok":
            typer.echo(f"{finding.level.upper():8} {finding.about}: {finding.what}")
            if finding.advice:
                typer.echo(f"         → {finding.advice}")
    counts = Counter(str(finding.level) for finding in findings)
    typer.echo(
        ", ".join(f"{counts[level]} {level}" for level in ("danger", "warning", "note", "ok"))
    )
