"""One item read, signed in, over 16 connections: Runcast beside a plain FastAPI with the ORM."""

import asyncio
import contextlib
import json
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import httpx2

from benchmarks.load import get, requests_per_second
from benchmarks.processes import ROOT, runcast

APP = ROOT / "examples" / "quickstart.py"
PEER = ROOT / "benchmarks" / "peers" / "plain_orm.py"
SECONDS = 5.0
ROUNDS = 3
ITEM = {"name": "one", "metadata": {"input": {"folder": "."}, "tags": ["a", "b"], "size": 3}}


def main(_kind: str) -> None:
    """Measure both in turn, three times, and print each figure and the ratio."""
    with runcast(APP) as served, _peer() as (port, peer_request):
        headers = {"Authorization": f"Bearer {served.token}"}
        made = httpx2.post(f"{served.url}/api/items", json=ITEM, headers=headers).json()
        request = get(f"/api/items/{made['id']}", served.token)
        for _ in range(ROUNDS):
            ours = asyncio.run(_rate(served.port, request))
            theirs = asyncio.run(_rate(port, peer_request))
            print(
                f"runcast {ours:>7,.0f} requests/s   plain FastAPI with the ORM {theirs:>7,.0f}"
                f"   ratio {ours / theirs:.1f}"
            )


async def _rate(port: int, request: bytes) -> float:
    return await requests_per_second(port, request, connections=16, seconds=SECONDS)


@contextlib.contextmanager
def _peer() -> Iterator[tuple[int, bytes]]:
    with tempfile.TemporaryDirectory() as folder:
        port = _free_port()
        process = subprocess.Popen([sys.executable, PEER, str(port)], cwd=folder)
        try:
            _wait_until_it_answers(port)
            told = json.loads((Path(folder) / "peer.json").read_text())
            yield port, get(f"/items/{told['item']}", told["token"])
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(timeout=30)


def _free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        port: int = listening.getsockname()[1]
        return port


def _wait_until_it_answers(port: int) -> None:
    until = time.monotonic() + 30
    while time.monotonic() < until:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port)):
            return
        time.sleep(0.05)
    raise RuntimeError("the peer does not answer")
