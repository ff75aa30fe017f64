"""The TypeScript client, as its package is built, against a real server."""

import asyncio
import json
import subprocess
from pathlib import Path
from typing import Any

import npm
import pytest

from runcast.application import Runcast
from tests.live.conftest import Live
from tests.tools.parts import missing
from tests.tools.people import PASSWORD, SignedIn

ROOT = Path(__file__).parents[2]
CLIENT = ROOT / "clients/typescript"
COMPILER = ROOT / "node_modules/typescript/bin/tsc"
PROGRAM = Path(__file__).with_name("typescript_program.mjs")
PATIENCE_SECONDS = 30


@pytest.fixture
def wire() -> str:
    """Return the one wire that these tests need: what they test does not depend on it."""
    return "direct"


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the entry of the package, built beside the modules that it needs."""
    if not COMPILER.exists():
        missing("node_modules: make console")
    folder = tmp_path_factory.mktemp("typescript")
    (folder / "package.json").write_text('{"type": "module"}')
    (folder / "node_modules").symlink_to(ROOT / "node_modules")
    build = [npm.command()[0], str(COMPILER), "-p", "tsconfig.build.json", "--outDir", str(folder)]
    subprocess.run(build, cwd=CLIENT, check=True)
    return folder / "index.js"


@pytest.fixture
async def app(app: Runcast) -> Runcast:
    """Return an application with a handler that asks."""

    @app.handler
    async def asking(run: Any) -> Any:
        return await run.ask("Keep it?", bool)

    return app


async def test_a_program_signs_in_watches_answers_and_leaves(
    package: Path, live: Live, alice: SignedIn
) -> None:
    said = await _run(package, live.url, alice.user["email"], PASSWORD)
    kinds = ["queued", "started", "question", "answer", "succeeded"]
    assert said == [
        ["user", "alice@example.com"],
        *(
            [seq, kind if kind in {"question", "answer"} else f"execution.{kind}", True]
            for seq, kind in enumerate(kinds, start=1)
        ),
        ["succeeded", True],
        ["RuncastError", 401, {"status": "signed-out", "user": None, "reason": "expired"}],
        ["renewed", True, 1],
        [{"status": "signed-out", "user": None, "reason": "logged-out"}],
    ]


async def _run(package: Path, *arguments: str) -> list[Any]:
    node = npm.command()[0]
    process = await asyncio.create_subprocess_exec(
        node, str(PROGRAM), package.as_uri(), *arguments, stdout=asyncio.subprocess.PIPE
    )
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            told, _ = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
    assert process.returncode == 0
    return [json.loads(line) for line in told.splitlines()]
