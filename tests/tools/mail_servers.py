"""Mail servers for tests, on this machine alone: one that takes letters, and ones that behave badly."""

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword

_CODE = re.compile(r"#\w+=(rc\w_[\w-]+)")
_Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


class Mailbox:
    """What has arrived at a server, the oldest first; `reply` is what it says to a letter."""

    def __init__(self) -> None:
        self.port = 0
        self.reply = "250 taken"
        self.tried = 0
        self.encrypted: list[bool] = []
        self.users: list[bytes] = []
        self._letters: list[tuple[list[str], EmailMessage]] = []

    async def handle_DATA(self, server: Any, session: Any, envelope: Envelope) -> str:  # noqa: N802
        """Take a letter, as aiosmtpd asks."""
        self.tried += 1
        if not self.reply.startswith("250"):
            return self.reply
        content = envelope.content
        assert isinstance(content, bytes)
        message = message_from_bytes(content, policy=default)
        assert isinstance(message, EmailMessage)
        self._letters.append((envelope.rcpt_tos, message))
        self.encrypted.append(session.ssl is not None)
        return self.reply

    def authenticate(self, *_: Any) -> AuthResult:
        """Take everybody, and remember who it was."""
        data = _[-1]
        assert isinstance(data, LoginPassword)
        self.users.append(data.login)
        return AuthResult(success=data.password == b"secret", handled=False)

    def letters(self, to: str | None = None) -> list[EmailMessage]:
        """Return the letters to this address, or to any."""
        return [letter for recipients, letter in self._letters if to is None or to in recipients]

    def texts(self, to: str | None = None) -> list[str]:
        """Return what they say."""
        return [letter.get_content().replace("\r\n", "\n") for letter in self.letters(to)]

    def code(self, to: str) -> str:
        """Return the newest code that was sent to this address; notices may come in between."""
        found = _CODE.findall("".join(self.texts(to)))
        assert found, self.texts(to)
        return str(found[-1])

    def clear(self) -> None:
        """Forget what has arrived."""
        self._letters.clear()


class _Conversation(SMTP):
    """A connection that can be ended, whatever state it is in."""

    async def end(self) -> None:
        """Close, if the client has not."""
        for transport in (self.transport, self._original_transport):
            if transport is not None:
                transport.abort()  # type: ignore[attr-defined]  # every transport of a socket has it
        if self._handler_coroutine is not None:
            self._handler_coroutine.cancel()
            await asyncio.wait([self._handler_coroutine])


@asynccontextmanager
async def receiving(**options: Any) -> AsyncIterator[Mailbox]:
    """Yield the mailbox of a server that takes letters; the options are aiosmtpd's."""
    mailbox = Mailbox()
    loop = asyncio.get_running_loop()
    more = {"enable_SMTPUTF8": True, "auth_exclude_mechanism": ["LOGIN"], **options}
    conversations: list[_Conversation] = []

    def protocol() -> SMTP:
        conversations.append(
            _Conversation(
                mailbox, hostname="localhost", authenticator=mailbox.authenticate, loop=loop, **more
            )
        )
        return conversations[-1]

    server = await loop.create_server(protocol, "127.0.0.1", 0)
    mailbox.port = server.sockets[0].getsockname()[1]
    try:
        yield mailbox
    finally:
        server.close()
        for conversation in conversations:
            await conversation.end()


@asynccontextmanager
async def misbehaving(talk: _Talk) -> AsyncIterator[int]:
    """Yield the port of a server that talks like this to whoever comes."""
    talks: set[asyncio.Task[None]] = set()

    async def talk_to(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await talk(reader, writer)
        finally:
            writer.close()

    def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        talks.add(asyncio.get_running_loop().create_task(talk_to(reader, writer)))

    server = await asyncio.start_server(accept, "127.0.0.1", 0)
    port: int = server.sockets[0].getsockname()[1]
    try:
        yield port
    finally:
        server.close()
        await asyncio.gather(*talks, return_exceptions=True)


async def say_nothing(reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
    """Hang until the client leaves."""
    await reader.read()


async def hang_up(_reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
    """Close at once."""


async def refuse(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Refuse every client."""
    writer.write(b"554 no service here\r\n")
    await writer.drain()


async def talk_nonsense(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Speak another protocol."""
    writer.write(b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * 100_000)
    await writer.drain()


async def closed_port() -> int:
    """Return a port on which nobody listens."""
    async with misbehaving(hang_up) as port:
        return port
