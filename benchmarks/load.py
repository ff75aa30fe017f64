"""HTTP load over kept-alive connections, with as little client as possible around the sockets."""

import asyncio
import time


async def requests_per_second(
    port: int, request: bytes, *, connections: int, seconds: float
) -> float:
    """Send one request again and again on each connection; return answers per second.

    Raises:
        RuntimeError: an answer was neither 200 nor 201.
    """
    until = time.perf_counter() + seconds
    began = time.perf_counter()
    counts = await asyncio.gather(*(_ask(port, request, until) for _ in range(connections)))
    return sum(counts) / (time.perf_counter() - began)


def post(path: str, token: str, body: bytes) -> bytes:
    """Return the bytes of a POST of JSON."""
    return (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {token}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    ).encode() + body


def get(path: str, token: str) -> bytes:
    """Return the bytes of a GET."""
    return (
        f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {token}\r\n\r\n"
    ).encode()


async def _ask(port: int, request: bytes, until: float) -> int:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    answered = 0
    while time.perf_counter() < until:
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        if not head.startswith((b"HTTP/1.1 200", b"HTTP/1.1 201")):
            raise RuntimeError(head.decode())
        size = int(head.lower().split(b"content-length: ", 1)[1].split(b"\r\n", 1)[0])
        await reader.readexactly(size)
        answered += 1
    writer.close()
    return answered
