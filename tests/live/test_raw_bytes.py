"""Bytes that no client sends, over a real connection: they are refused, and the server goes on."""

import asyncio
from urllib.parse import urlsplit

import pytest

from runcast.application import Runcast
from tests.conftest import CHEAP_HASHES, SECRET
from tests.tools.serving import serving

HOST = b"Host: a\r\n"
CLOSE = b"Connection: close\r\n\r\n"
ODD = {
    "no request": b"\x00\xff\x00\r\n\r\n",
    "another protocol": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\x00" * 100,
    "a raw NUL in the path": b"GET /api/\x00 HTTP/1.1\r\n" + HOST + CLOSE,
    "raw bytes in the path": b"GET /api/\xff\xfe HTTP/1.1\r\n" + HOST + CLOSE,
    "raw bytes in the query": b"GET /health/live/?\xff HTTP/1.1\r\n" + HOST + CLOSE,
    "a NUL in a header": b"GET /api/items HTTP/1.1\r\nAuthorization: a\x00b\r\n" + HOST + CLOSE,
    "raw bytes in a header": b"GET /api/items HTTP/1.1\r\nAuthorization: \xff\r\n" + HOST + CLOSE,
    "a broken Host": b"GET /api/items/ HTTP/1.1\r\nHost: [\r\n" + CLOSE,
    "no Host": b"GET /api/items HTTP/1.1\r\n" + CLOSE,
    "a header of a mebibyte": b"GET /api/items HTTP/1.1\r\nX: "
    + b"x" * 2**20
    + b"\r\n"
    + HOST
    + CLOSE,
    "a path of a mebibyte": b"GET /api/" + b"x" * 2**20 + b" HTTP/1.1\r\n" + HOST + CLOSE,
    "an odd chunk": b"POST /api/items HTTP/1.1\r\nTransfer-Encoding: chunked\r\n"
    + HOST
    + CLOSE
    + b"zz\r\n",
    "two lengths": b"POST /api/items HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n"
    + HOST
    + CLOSE
    + b"{}",
    "a negative length": b"POST /api/items HTTP/1.1\r\nContent-Length: -1\r\n" + HOST + CLOSE,
}


async def exchange(url: str, request: bytes) -> int | None:
    """Return the status of the answer, or None if the connection was closed without one."""
    at = urlsplit(url)
    reader, writer = await asyncio.open_connection(at.hostname, at.port)
    try:
        writer.write(request)
        writer.write_eof()
        async with asyncio.timeout(10):
            line = await reader.readline()
    except ConnectionError:
        return None
    finally:
        writer.close()
    return int(line.split()[1]) if line else None


@pytest.mark.parametrize("why", ODD)
async def test_odd_bytes_are_refused_and_the_server_goes_on(database_url: str, why: str) -> None:
    app = Runcast(database_url=database_url, secret_key=SECRET, **CHEAP_HASHES)
    async with serving(app) as server:
        status = await exchange(server.url, ODD[why])
        assert status is None or 400 <= status < 500
        alive = b"GET /health/live HTTP/1.1\r\n" + HOST + CLOSE
        assert await exchange(server.url, alive) == 200
