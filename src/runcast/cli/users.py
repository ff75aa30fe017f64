"""`runcast users`: accounts made on the word of whoever may write to the database."""

import asyncio
from typing import TYPE_CHECKING, Annotated

import typer

from runcast.cli import passwords

if TYPE_CHECKING:
    from runcast.services.users import Newcomer, UserView
    from runcast.settings import Settings

app = typer.Typer(help="Make accounts, and help people back into theirs.", no_args_is_help=True)


@app.command()
def add(
    email: Annotated[str, typer.Argument(metavar="EMAIL")],
    admin: Annotated[bool, typer.Option("--admin", help="Make an administrator.")] = False,
    name: Annotated[str | None, typer.Option(help="What they are called.")] = None,
    password_stdin: Annotated[
        bool, typer.Option("--password-stdin", help="Read the password from standard input.")
    ] = False,
) -> None:
    """Make an account; the server may be running meanwhile."""
    # The database and the hashes take longer to load than all of `runcast --help`.
    from sqlalchemy.exc import SQLAlchemyError  # noqa: PLC0415

    from runcast.database.failures import in_words  # noqa: PLC0415
    from runcast.errors import RuncastError  # noqa: PLC0415
    from runcast.services.users import Newcomer  # noqa: PLC0415
    from runcast.settings import Settings  # noqa: PLC0415

    password = passwords.ask(from_stdin=password_stdin, confirm=True)
    newcomer = Newcomer(email=email, password=password, name=name)
    try:
        user = asyncio.run(_add(_prepared(Settings()), newcomer, is_admin=admin))
    except (RuncastError, SQLAlchemyError, OSError) as error:
        typer.echo(f"runcast users add: {in_words(error)}", err=True)
        raise typer.Exit(1) from None
    kind = "administrator" if user.is_admin else "user"
    typer.echo(f"{kind} {user.email} added, id {user.id}")


@app.command()
def password(
    email: Annotated[str, typer.Argument(metavar="EMAIL")],
    password_stdin: Annotated[
        bool, typer.Option("--password-stdin", help="Read the password from standard input.")
    ] = False,
) -> None:
    """Set the password of somebody who has forgotten it, and sign them out everywhere."""
    # See above.
    from sqlalchemy.exc import SQLAlchemyError  # noqa: PLC0415

    from runcast.database.failures import in_words  # noqa: PLC0415
    from runcast.errors import RuncastError  # noqa: PLC0415
    from runcast.settings import Settings  # noqa: PLC0415

    chosen = passwords.ask(from_stdin=password_stdin, confirm=True)
    try:
        asyncio.run(_set_password(_prepared(Settings()), email, chosen))
    except (RuncastError, SQLAlchemyError, OSError) as error:
        typer.echo(f"runcast users password: {in_words(error)}", err=True)
        raise typer.Exit(1) from None
    typer.echo(f"{email} has a new password, and is signed out")


@app.command("reset-factors")
def reset_factors(email: Annotated[str, typer.Argument(metavar="EMAIL")]) -> None:
    """Take second factors and passkeys from somebody who has lost them, and sign them out."""
    # See above.
    from sqlalchemy.exc import SQLAlchemyError  # noqa: PLC0415

    from runcast.database.failures import in_words  # noqa: PLC0415
    from runcast.errors import RuncastError  # noqa: PLC0415
    from runcast.settings import Settings  # noqa: PLC0415

    try:
        asyncio.run(_reset_factors(_prepared(Settings()), email))
    except (RuncastError, SQLAlchemyError, OSError) as error:
        typer.echo(f"runcast users reset-factors: {in_words(error)}", err=True)
        raise typer.Exit(1) from None
    typer.echo(f"{email} has no second factor and no passkey any more, and is signed out")


def _prepared(settings: "Settings") -> "Settings":
    """Return the settings, once the schema of their database is what this version needs."""
    from runcast.database import migrations  # noqa: PLC0415

    migrations.prepare(settings)
    return settings


async def _add(settings: "Settings", newcomer: "Newcomer", *, is_admin: bool) -> "UserView":
    from runcast.clock import SystemClock  # noqa: PLC0415
    from runcast.database import UnitOfWork, open_database  # noqa: PLC0415
    from runcast.ids import TimeOrderedIds  # noqa: PLC0415
    from runcast.services import users  # noqa: PLC0415
    from runcast.services.accounts import make_registrar  # noqa: PLC0415

    registrar = make_registrar(settings, SystemClock(), TimeOrderedIds())
    database = open_database(settings)
    try:
        async with UnitOfWork(database) as uow:
            return await users.add(uow, registrar, newcomer, is_admin=is_admin)
    finally:
        await database.stop()
        registrar.passwords.stop()


async def _set_password(settings: "Settings", email: str, password: str) -> None:
    from runcast.clock import SystemClock  # noqa: PLC0415
    from runcast.database import UnitOfWork, open_database  # noqa: PLC0415
    from runcast.ids import TimeOrderedIds  # noqa: PLC0415
    from runcast.services import users  # noqa: PLC0415
    from runcast.services.accounts import make_registrar  # noqa: PLC0415

    registrar = make_registrar(settings, SystemClock(), TimeOrderedIds())
    database = open_database(settings)
    try:
        async with UnitOfWork(database) as uow:
            await users.set_password(uow, registrar, email, password)
    finally:
        await database.stop()
        registrar.passwords.stop()


async def _reset_factors(settings: "Settings", email: str) -> None:
    from runcast.clock import SystemClock  # noqa: PLC0415
    from runcast.database import UnitOfWork, open_database  # noqa: PLC0415
    from runcast.ids import TimeOrderedIds  # noqa: PLC0415
    from runcast.services.audit import Audit  # noqa: PLC0415
    from runcast.services.factors import factor_resets  # noqa: PLC0415

    database = open_database(settings)
    try:
        async with UnitOfWork(database) as uow:
            await factor_resets.reset(uow, Audit(SystemClock(), TimeOrderedIds()), email)
    finally:
        await database.stop()
