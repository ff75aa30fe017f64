"""Watchers that only count: the client side of the feed with nothing around it."""

import re

from websockets.asyncio.client import ClientConnection, connect

_SEQ = re.compile(rb'"seq":(\d+),"kind"')


async def open_watcher(port: int, execution_id: str, token: str) -> ClientConnection:
    """Return a connection that has been greeted."""
    watcher = await connect(
        f"ws://127.0.0.1:{port}/ws/{execution_id}",
        additional_headers={"Authorization": f"Bearer {token}"},
        compression=None,
        max_size=None,
        ping_interval=None,
    )
    await watcher.recv(decode=False)
    return watcher


async def count_to_the_end(watcher: ClientConnection) -> int:
    """Return how many events came, each once and in order, before the end.

    Raises:
        RuntimeError: one was missing, doubled or out of order.
    """
    last = 0
    while not (frame := await watcher.recv(decode=False)).startswith(b'{"type":"end"'):
        for found in _SEQ.findall(frame):
            if int(found) != last + 1:
                raise RuntimeError(f"event {found.decode()} came after {last}")
            last += 1
    await watcher.close()
    return last
