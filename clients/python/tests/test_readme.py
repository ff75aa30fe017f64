"""The snippet of the README runs as it stands."""

import asyncio
import os
import re
import sys
from pathlib import Path

from clients.python.tests.cases import Seen
from clients.python.tests.fake_server import FakeServer
from clients.python.tests.fake_time import FakeTime

README = Path(__file__).parents[1] / "README.md"
SCRIPT = [
    {"hello": 1},
    {"events": [1]},
    {"send": {"type": "end", "state": "succeeded"}},
    {"close": 1000},
]


async def test_the_snippet_of_the_readme_runs() -> None:
    snippets = re.findall(r"```python\n(.*?)```", README.read_text(), re.DOTALL)
    assert len(snippets) == 1
    case = {"connections": [{"after": "0", "token": "key", "script": SCRIPT}]}
    async with FakeServer(case, Seen(), FakeTime()).listening() as server:
        snippet = await asyncio.create_subprocess_exec(
            sys.executable,
            "-c",
            snippets[0],
            env={**os.environ, "RUNCAST_URL": server.url, "RUNCAST_TOKEN": "key"},
            stdout=asyncio.subprocess.PIPE,
        )
        printed, _ = await snippet.communicate()
    assert printed.decode() == "1 log {}\nended: succeeded\n"
    assert snippet.returncode == 0
