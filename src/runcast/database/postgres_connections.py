"""How connections to PostgreSQL are opened: by asyncpg, from a URL as libpq understands it.

Sessions and the hot path open theirs by the same function, so that both have the same types.
"""

import socket
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit
from uuid import UUID

import asyncpg

from runcast.database.failures import DatabaseAway
from runcast.database.stored_json import load

CONNECT_SECONDS = 10.0
# What libpq keeps to itself; asyncpg would ask the server to set it.
_OF_THE_CLIENT = frozenset(
    {
        "channel_binding",
        "connect_timeout",
        "gssencmode",
        "keepalives",
        "keepalives_count",
        "keepalives_idle",
        "keepalives_interval",
        "sslcompression",
        "sslsni",
        "tcp_user_timeout",
    }
)

# Milliseconds that what was sent may stand unacknowledged; seconds of silence before the other end is
# asked whether it is there, and between two questions.
_OF_THE_WIRE = {"TCP_USER_TIMEOUT": 30_000, "TCP_KEEPIDLE": 15, "TCP_KEEPINTVL": 5}

Connect = Callable[..., Awaitable[Any]]


@dataclass(frozen=True, slots=True)
class Target:
    """Where to connect to, and for how many seconds to try."""

    dsn: str
    timeout: float


def read_url(url: str) -> Target:
    """Return what a URL asks for; the driver that SQLAlchemy's URLs may name is ignored."""
    scheme, host, path, query, fragment = urlsplit(url)
    asked = parse_qsl(query, keep_blank_values=True)
    timeout = float(dict(asked).get("connect_timeout", 0)) or CONNECT_SECONDS
    query = urlencode([(name, value) for name, value in asked if name not in _OF_THE_CLIENT])
    return Target(urlunsplit((scheme.partition("+")[0], host, path, query, fragment)), timeout)


def connector(url: str, *, prepared_statements: bool) -> Connect:
    """Return the function that opens a connection; what it is given goes on to `asyncpg.connect`.

    Args:
        url: `postgresql://…`.
        prepared_statements: whether statements may be kept under names; not behind PgBouncer in
            transaction mode, which hands each transaction to another connection of the server.
    """
    target = read_url(url)
    more: dict[str, Any] = {} if prepared_statements else {"statement_cache_size": 0}

    async def connect(_dsn: None = None, /, **options: Any) -> Any:
        """Open a connection; a pool says itself that it knows no DSN.

        Raises:
            DatabaseAway: the server cannot be reached.
            asyncpg.PostgresError: it refuses.
        """
        try:
            connection = await asyncpg.connect(
                target.dsn, timeout=target.timeout, **more, **options
            )
        except OSError as error:
            raise DatabaseAway(f"the database cannot be reached: {error}") from error
        _notice_a_broken_network(connection)
        await _teach_types(connection)
        return connection

    return connect


def _notice_a_broken_network(connection: Any) -> None:
    """Let the system end a connection whose server is cut off.

    By default that takes it a quarter of an hour, or two hours for one that only waits for an answer.
    """
    # asyncpg has no setting for this, and shows its transport to nobody.
    transport = connection._transport  # noqa: SLF001
    wire: socket.socket = transport.get_extra_info("socket")
    if wire.family in {socket.AF_INET, socket.AF_INET6}:
        wire.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        for name, value in _OF_THE_WIRE.items():
            # Not every system knows all of them.
            if (option := getattr(socket, name, None)) is not None:
                wire.setsockopt(socket.IPPROTO_TCP, option, value)


async def _teach_types(connection: Any) -> None:
    # A class of asyncpg's own stands for UUIDs, which orjson refuses.
    await connection.set_type_codec(
        "uuid", schema="pg_catalog", format="binary", encoder=_uuid_bytes, decoder=_uuid
    )
    await connection.set_type_codec(
        "json", schema="pg_catalog", format="binary", encoder=str.encode, decoder=load
    )
    await connection.set_type_codec(
        "jsonb", schema="pg_catalog", format="binary", encoder=_jsonb_bytes, decoder=_jsonb
    )


def _uuid_bytes(value: UUID | str) -> bytes:
    return (value if isinstance(value, UUID) else UUID(value)).bytes


def _uuid(content: bytes) -> UUID:
    return UUID(bytes=content)


def _jsonb_bytes(text: str) -> bytes:
    # The first byte is the version of JSONB's binary form.
    return b"\x01" + text.encode()


def _jsonb(content: bytes) -> Any:
    return load(content[1:])
