"""Listening on a port, and being refused there in words."""

import asyncio
import socket

import pytest

from runcast.cli.listening import listen
from runcast.errors import Unavailable


def test_a_free_port_is_taken() -> None:
    with listen("127.0.0.1", 0) as listener, socket.create_connection(listener.getsockname()):
        assert listener.family is socket.AF_INET


async def test_what_is_written_is_sent_at_once() -> None:
    accepted: asyncio.Future[asyncio.StreamWriter] = asyncio.get_running_loop().create_future()
    server = await asyncio.start_server(
        lambda _reader, writer: accepted.set_result(writer), sock=listen("127.0.0.1", 0)
    )
    _, client = await asyncio.open_connection(*server.sockets[0].getsockname())
    wire: socket.socket = (await accepted).get_extra_info("socket")
    assert wire.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
    for writer in (client, await accepted):
        writer.close()
        await writer.wait_closed()
    server.close()
    await server.wait_closed()


def test_an_address_of_ip_version_6_is_one_that_can_be_opened() -> None:
    if not socket.has_dualstack_ipv6():
        pytest.skip("this machine has no IP version 6")
    with listen("::1", 0) as listener:
        assert listener.getsockname()[0] == "::1"


def test_a_name_with_an_older_address_is_listened_on_there() -> None:
    with listen("localhost", 0) as listener:
        assert listener.getsockname()[0] == "127.0.0.1"


def test_a_port_that_is_taken_is_refused_with_the_way_out() -> None:
    with listen("127.0.0.1", 0) as first, pytest.raises(Unavailable) as refused:
        listen("127.0.0.1", port := first.getsockname()[1])
    assert refused.value.detail == (
        f"cannot listen on 127.0.0.1, port {port}: Address already in use; give another with --port"
    )


@pytest.mark.parametrize("host", ["192.0.2.1", "nowhere.invalid"])
def test_an_address_that_is_not_this_machines_is_refused(host: str) -> None:
    with pytest.raises(Unavailable, match=f"cannot listen on {host}, port 0: ") as refused:
        listen(host, 0)
    assert "--port" not in str(refused.value)
    assert "attempting" not in str(refused.value)
