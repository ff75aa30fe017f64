"""Every fenced block of the documents is what it says it is, and runs."""

import asyncio
import json
import os
import re
import shlex
import shutil
import sys
from pathlib import Path

import pytest

from runcast import strict_json
from tests.tools import commands
from tests.tools.markdown import DOCUMENTS, ROOT, Block, blocks, inline_code, name_of

LANGUAGES = {"python", "console", "http", "json", "jsonl", "text"}
ENVIRONMENT = {
    "RUNCAST_PASSWORD_MEMORY_KIB": "64",
    "RUNCAST_PASSWORD_PASSES": "1",
    "PYTHONPATH": str(ROOT),
}
RUNCAST = str(Path(sys.executable).with_name("runcast"))
YOUR_OWN = ROOT / "docs/your-own.md"


def _with(*languages: str) -> list[Path]:
    return [path for path in DOCUMENTS if any(b.runs for b in blocks(path, *languages))]


def _all(*languages: str) -> list[Block]:
    return [b for document in DOCUMENTS for b in blocks(document, *languages) if b.runs]


def _place(block: Block) -> str:
    return f"{name_of(block.document)}:{block.line}"


@pytest.fixture
def folder(sqlite_template: Path, tmp_path: Path) -> Path:
    """Return a folder with a migrated database where Runcast looks for it by default."""
    (tmp_path / "runcast-data").mkdir(mode=0o700)
    shutil.copy(sqlite_template, tmp_path / "runcast-data/runcast.db")
    return tmp_path


@pytest.mark.parametrize("document", DOCUMENTS, ids=name_of)
def test_every_block_says_its_language(document: Path) -> None:
    assert {block.language for block in blocks(document)} <= LANGUAGES
    assert document.read_text().count("```") == 2 * len(blocks(document))


@pytest.mark.parametrize("document", _with("python", "http"), ids=name_of)
async def test_python_runs_its_handlers_succeed_and_requests_are_answered_as_shown(
    document: Path, folder: Path
) -> None:
    source = "\n\n".join(block.text for block in blocks(document, "python") if block.runs)
    (folder / "program.py").write_text(source)
    (folder / "exchanges.json").write_text(json.dumps(_exchanges(document)))
    arguments = ["program.py", "exchanges.json"]
    printed = await _run(
        folder, sys.executable, "-W", "error", "-m", "tests.tools.snippets", *arguments
    )
    told = dict(line.split(" ", 1) for line in printed.splitlines())
    # A handler that ends itself as cancelled says so.
    expected = {name: "cancelled" if name == "picky" else "succeeded" for name in told}
    assert told == expected
    assert len(told) == len(re.findall(r"^@app\.handler", source, re.MULTILINE))


@pytest.mark.parametrize("block", _all("console"), ids=_place)
def test_every_command_is_one_that_exists(block: Block) -> None:
    for line in block.text.splitlines():
        assert line.startswith("$ "), line
        commands.check(line.removeprefix("$ "))


@pytest.mark.parametrize("document", DOCUMENTS, ids=name_of)
def test_commands_named_in_passing_exist(document: Path) -> None:
    for code in inline_code(document):
        program, _, rest = code.partition(" ")
        if program == "make" and rest:
            commands.check_make(shlex.split(rest))
        elif program == "runcast" and rest:
            commands.check_mention(rest.split())


@pytest.mark.parametrize("block", _all("json"), ids=_place)
def test_json_is_a_document_that_runcast_takes(block: Block) -> None:
    strict_json.loads(block.text.encode())


@pytest.mark.parametrize("block", _all("jsonl"), ids=_place)
def test_each_line_of_json_lines_is_a_document(block: Block) -> None:
    for line in block.text.splitlines():
        strict_json.loads(line.encode())


async def test_tables_of_ones_own_are_migrated_by_the_commands_shown(folder: Path) -> None:
    (folder / "teams.py").write_text(blocks(YOUR_OWN, "python")[0].text)
    console, *_ = blocks(YOUR_OWN, "console")
    printed = ""
    for line in console.text.splitlines():
        _, *arguments = shlex.split(line.removeprefix("$ "))
        printed += await _run(folder, RUNCAST, *arguments)
    (revision,) = (folder / "migrations").glob("*.py")
    assert "create_table('teams'" in revision.read_text().replace('"', "'")
    assert "No new upgrade operations detected" in printed


def test_the_handler_of_the_readme_is_the_quickstart() -> None:
    shown, *_ = blocks(ROOT / "README.md", "python")
    assert shown.text == (ROOT / "examples/quickstart.py").read_text()


def _exchanges(document: Path) -> list[tuple[str, str | None]]:
    """Return the document's requests in order, each with the answer that stands right below it."""
    exchanges: list[tuple[str, str | None]] = []
    for block in blocks(document, "http"):
        if block.text.startswith("HTTP/"):
            request, _ = exchanges.pop()
            exchanges.append((request, block.text))
        elif block.runs:
            exchanges.append((block.text, None))
    return exchanges


async def _run(folder: Path, *command: str) -> str:
    process = await asyncio.create_subprocess_exec(
        *command,
        cwd=folder,
        env={**os.environ, **ENVIRONMENT},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    printed, complaints = await process.communicate()
    assert process.returncode == 0, complaints.decode()
    return printed.decode()
