"""The walk through signing in is a program that runs as it stands, with nothing but Python."""

import asyncio
import sys
from pathlib import Path

from tests.tools.command_line import CommandLine, served
from tests.tools.markdown import ROOT, blocks

SIGN_IN = ROOT / "docs/sign-in.md"
INVENTORY = ROOT / "examples/inventory.py"


async def test_the_walk_goes_to_its_end(tmp_path: Path) -> None:
    (walk,) = blocks(SIGN_IN, "python")
    async with served(CommandLine(tmp_path), INVENTORY) as server:
        walking = await asyncio.create_subprocess_exec(
            sys.executable,
            *("-I", "-S", "-c", walk.text),
            env={"RUNCAST_URL": server.url},
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        printed, complaints = await asyncio.wait_for(walking.communicate(), 30)
    assert walking.returncode == 0, complaints.decode()
    told = dict(line.split(": ", 1) for line in printed.decode().splitlines())
    assert told["recovery codes"].count(",") == 9
    assert told["asked for"] == "['otp', 'recovery']"
    assert told["watches it"] == "inventory"
    assert "/#invite=rci_" in told["for bob"]
