"""Beginning and ending the session in the login file."""

import asyncio
import os

import typer

from runcast.cli import passwords
from runcast.cli.connection import local_url
from runcast.cli.login_file import FileCredential, Login, LoginFile, login_path
from runcast.cli.refusals import refusals
from runcast.settings import Settings
from runcast_client import Client, MfaFailed, MfaRequired, TokenPair


def sign_in(url: str | None, email: str, *, from_stdin: bool) -> None:
    """Ask for the password, sign in, and keep the session; a refusal ends the command."""
    with refusals("login"):
        server = _server(url)
        password = passwords.ask(from_stdin=from_stdin)
        asyncio.run(_sign_in(server, email, password, from_stdin=from_stdin))
    typer.echo(f"signed in at {server} as {email}")


def sign_out() -> None:
    """End the session on the server and forget it; a refusal ends the command."""
    with refusals("logout"):
        file = LoginFile(login_path(os.environ))
        login = file.read()
        if login is None:
            typer.echo("nobody is signed in")
            return
        asyncio.run(_sign_out(file, login))
    typer.echo(f"signed out at {login.url}")


def _server(url: str | None) -> str:
    found = url or os.environ.get("RUNCAST_URL") or local_url(Settings().data_folder)
    if found is None:
        raise typer.BadParameter("say which server: runcast login URL")
    if not found.startswith(("http://", "https://")):
        raise typer.BadParameter(f"{found} does not begin with http:// or https://")
    return found.rstrip("/")


async def _sign_in(url: str, email: str, password: str, *, from_stdin: bool) -> None:
    file = LoginFile(login_path(os.environ))
    async with Client(url) as client:
        try:
            pair = await client.login(email, password)
        except MfaRequired as asked:
            pair = await _second_step(client, asked, from_stdin=from_stdin)
        # Nobody is kept waiting for the lock while somebody looks for their telephone.
        async with file.locked():
            await asyncio.to_thread(file.write, Login(url, pair.tokens))


async def _second_step(client: Client, asked: MfaRequired, *, from_stdin: bool) -> TokenPair:
    """Ask for a code until one is taken; the server says when it is over."""
    while True:
        code = await asyncio.to_thread(passwords.ask_code, asked.methods, from_stdin=from_stdin)
        is_otp = passwords.kind_of(code, asked.methods) == "otp"
        try:
            if is_otp:
                return await client.second_factor(asked.mfa_token, otp=code)
            return await client.second_factor(asked.mfa_token, recovery_code=code)
        except MfaFailed as refused:
            # What was handed over is not typed again.
            if from_stdin:
                raise
            typer.echo(refused.detail, err=True)


async def _sign_out(file: LoginFile, login: Login) -> None:
    if login.tokens is None:
        await asyncio.to_thread(file.remove)
        return
    async with Client(login.url, FileCredential(file, login.url)) as client:
        await client.logout()
