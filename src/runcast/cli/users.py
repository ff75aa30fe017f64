"""`runcast users`: accounts made and helped on the word of whoever may write to the database."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from runcast.cli import passwords

if TYPE_CHECKING:
    from runcast.database import UnitOfWork
    from runcast.services.users import Newcomer, Registrar, UserView
    from runcast.settings import Settings

T = TypeVar("T")
Work = Callable[["UnitOfWork", "Registrar"], Awaitable[T]]
Email = Annotated[str, typer.Argument(metavar="EMAIL")]
PasswordStdin = Annotated[
    bool, typer.Option("--password-stdin", help="Read the password from standard input.")
]

app = typer.Typer(help="Make accounts, and help people back into theirs.", no_args_is_help=True)


@app.command()
def add(
    email: Email,
    admin: Annotated[bool, typer.Option("--admin", help="Make an administrator.")] = False,
    name: Annotated[str | None, typer.Option(help="What they are called.")] = None,
    password_stdin: PasswordStdin = False,
) -> None:
    """Make an account; the server may be running meanwhile."""
    # The database and the hashes take longer to load than all of `runcast --help`.
    from runcast.services import users  # noqa: PLC0415

    password = passwords.ask(from_stdin=password_stdin, confirm=True)
    newcomer = users.Newcomer(email=email, password=password, name=name)
    settings, user = _run(
        "add",
        lambda uow, registrar: _added(uow, registrar, newcomer, is_admin=admin),
        may_make=True,
    )
    kind = "administrator" if user.is_admin else "user"
    typer.echo(f"{kind} {user.email} added to {settings.database_place}, id {user.id}")


@app.command()
def admin(email: Email) -> None:
    """Make somebody who has an account an administrator; nothing of theirs ends by it."""
    from runcast.services import users  # noqa: PLC0415 - see above

    _, user = _run("admin", lambda uow, registrar: users.make_admin(uow, registrar, email))
    typer.echo(f"{user.email} is an administrator; the account is of {user.created_at:%Y-%m-%d}")
    if user.email_verified_at is None:
        typer.echo("Nobody has shown that they read mail there: make sure whose account it is.")


@app.command("list")
def list_users() -> None:
    """List the accounts, the oldest first: address, standing, date and id."""
    from runcast.services import user_lists  # noqa: PLC0415 - see above

    _, accounts = _run("list", lambda uow, _: user_lists.every(uow))
    for each in accounts:
        standing = "disabled" if each.disabled_at else "administrator" if each.is_admin else "user"
        typer.echo(f"{each.email}  {standing}  {each.created_at:%Y-%m-%d}  {each.id}")


@app.command()
def password(email: Email, password_stdin: PasswordStdin = False) -> None:
    """Set the password of somebody who has forgotten it; sessions, keys, links and codes of theirs end."""
    from runcast.services import users  # noqa: PLC0415 - see above

    chosen = passwords.ask(from_stdin=password_stdin, confirm=True)
    _run("password", lambda uow, registrar: users.set_password(uow, registrar, email, chosen))
    typer.echo(f"{email} has a new password, and is signed out")
    typer.echo(
        "API keys, share links and codes have ended too; second factors and passkeys have not."
    )


@app.command("reset-factors")
def reset_factors(email: Email) -> None:
    """Take second factors and passkeys from somebody who has lost them, and sign them out."""
    from runcast.services.factors import factor_resets  # noqa: PLC0415 - see above

    _run(
        "reset-factors",
        lambda uow, registrar: factor_resets.reset(uow, registrar.audit, email),
    )
    typer.echo(f"{email} has no second factor and no passkey any more, and is signed out")


def _run(command: str, work: "Work[T]", *, may_make: bool = False) -> tuple["Settings", T]:
    """Return the settings, and what the work did in one commit; a refusal is a line and status 1."""
    from sqlalchemy.exc import SQLAlchemyError  # noqa: PLC0415 - see above

    from runcast.database import migrations  # noqa: PLC0415
    from runcast.database.failures import in_words  # noqa: PLC0415
    from runcast.errors import RuncastError  # noqa: PLC0415
    from runcast.settings import Settings  # noqa: PLC0415

    try:
        settings = Settings()
        if not may_make:
            migrations.check_there(settings)
        migrations.prepare(settings)
        return settings, asyncio.run(_worked(settings, work))
    except (RuncastError, SQLAlchemyError, OSError) as error:
        typer.echo(f"runcast users {command}: {in_words(error)}", err=True)
        raise typer.Exit(1) from None


async def _added(
    uow: "UnitOfWork", registrar: "Registrar", newcomer: "Newcomer", *, is_admin: bool
) -> "UserView":
    from runcast.errors import Conflict  # noqa: PLC0415 - see above
    from runcast.services import users  # noqa: PLC0415

    try:
        return await users.add(uow, registrar, newcomer, is_admin=is_admin)
    except Conflict as error:
        if not is_admin:
            raise
        raise Conflict(f"{error}; runcast users admin makes its owner an administrator") from None


async def _worked(settings: "Settings", work: "Work[T]") -> T:
    from runcast.clock import SystemClock  # noqa: PLC0415 - see above
    from runcast.database import UnitOfWork, open_database  # noqa: PLC0415
    from runcast.ids import TimeOrderedIds  # noqa: PLC0415
    from runcast.services.accounts import make_registrar  # noqa: PLC0415

    registrar = make_registrar(settings, SystemClock(), TimeOrderedIds())
    database = open_database(settings)
    try:
        async with UnitOfWork(database) as uow:
            return await work(uow, registrar)
    finally:
        await database.stop()
        registrar.passwords.stop()
