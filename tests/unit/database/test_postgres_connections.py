"""URLs are read as libpq reads them, and every connection speaks Runcast's types."""

import socket
from uuid import UUID

import pytest

from runcast.database.postgres_connections import CONNECT_SECONDS, Target, connector, read_url


@pytest.mark.parametrize(
    ("url", "target"),
    [
        ("postgresql://a:b@h:1/d", Target("postgresql://a:b@h:1/d", CONNECT_SECONDS)),
        ("postgresql+asyncpg://h/d", Target("postgresql://h/d", CONNECT_SECONDS)),
        (
            "postgresql://h/d?sslmode=require&application_name=x",
            Target("postgresql://h/d?sslmode=require&application_name=x", CONNECT_SECONDS),
        ),
        ("postgresql://h/d?connect_timeout=3", Target("postgresql://h/d", 3.0)),
        ("postgresql://h/d?connect_timeout=0", Target("postgresql://h/d", CONNECT_SECONDS)),
        (
            "postgresql://h1:1,h2:2/d?keepalives=1&target_session_attrs=read-write",
            Target("postgresql://h1:1,h2:2/d?target_session_attrs=read-write", CONNECT_SECONDS),
        ),
    ],
)
def test_a_url_says_where_and_how_long(url: str, target: Target) -> None:
    assert read_url(url) == target


@pytest.mark.parametrize("prepared_statements", [True, False])
async def test_ids_and_json_pass_as_python_has_them(
    postgres_url: str, prepared_statements: bool
) -> None:
    connection = await connector(postgres_url, prepared_statements=prepared_statements)()
    one = UUID(int=1)
    sent = await connection.fetchrow(
        "SELECT $1::uuid, $2::uuid[], $3::jsonb, $4::json, $5::uuid",
        one,
        [one, None],
        '{"a": [1.0, 1e22]}',
        "[null]",
        one.hex,
    )
    assert tuple(sent) == (one, [one, None], {"a": [1.0, 1e22]}, [None], one)
    assert type(sent[0]) is UUID
    await connection.close()


@pytest.mark.skipif(not hasattr(socket, "TCP_USER_TIMEOUT"), reason="Linux alone has it")
async def test_a_connection_ends_by_itself_when_the_server_is_cut_off(postgres_url: str) -> None:
    connection = await connector(postgres_url, prepared_statements=True)()
    try:
        wire = connection._transport.get_extra_info("socket")
        assert wire.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)
        assert wire.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT) == 30_000
        assert wire.getsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE) == 15
    finally:
        await connection.close()
