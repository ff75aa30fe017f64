"""`runcast serve` as a real process: what it prints, what it keeps, and what it refuses."""

import socket
from pathlib import Path

import httpx2
import pytest

from runcast.console import FOLDER
from tests.tools import gated_app
from tests.tools.children import address_in
from tests.tools.command_line import CommandLine, ending, lines_to, served
from tests.tools.parts import missing

APP = Path(gated_app.__file__)
ADMIN = {"email": "root@example.com", "password": "a long password of the tests"}


@pytest.fixture
def line(tmp_path: Path) -> CommandLine:
    """Return a command line in a folder of the test's own, whose servers have no console."""
    return CommandLine(tmp_path, RUNCAST_CONSOLE="off")


async def started(line: CommandLine, last: str) -> list[str]:
    """Return what a server prints at its start, up to a line that holds this."""
    process = await line.begin("serve", str(APP), "--port", "0")
    async with ending(process):
        return await lines_to(process, last)


async def test_it_says_where_everything_is_and_offers_a_setup_token(
    line: CommandLine, tmp_path: Path
) -> None:
    printed = await started(line, "setup  rcs_")
    assert [text.split()[0] for text in printed] == ["API", "data", "setup"]
    assert printed[1].split()[1] == str(tmp_path / "runcast-data")
    assert printed[2].split()[1].startswith("rcs_")


async def test_with_a_console_it_says_where_to_open_it_and_offers_a_link(tmp_path: Path) -> None:
    if not (FOLDER / "index.html").exists():
        missing("built console: make console")
    printed = await started(CommandLine(tmp_path), "#setup=rcs_")
    assert [text.split()[0] for text in printed[:-1]] == ["open", "API", "data", "setup"]
    page, token = printed[0].split()[1], printed[3].split()[1]
    assert printed[1].split()[1] == f"{page}/docs"
    assert printed[-1].split()[0] == f"{page}/#setup={token}"


async def test_its_secrets_are_for_its_owner_alone(line: CommandLine, tmp_path: Path) -> None:
    await started(line, "setup  rcs_")
    data = tmp_path / "runcast-data"
    modes = {path.name: path.stat().st_mode & 0o777 for path in (data, *data.iterdir())}
    assert modes["runcast-data"] == 0o700
    assert modes["secret-key"] == modes["local-credential.json"] == 0o600


async def test_the_setup_token_makes_one_administrator_and_is_offered_no_more(
    line: CommandLine,
) -> None:
    process = await line.begin("serve", str(APP), "--port", "0")
    async with ending(process):
        printed = await lines_to(process, "setup  rcs_")
        body = {**ADMIN, "setup_token": printed[-1].split()[1]}
        async with httpx2.AsyncClient(base_url=address_in(printed[0])) as client:
            answer = await client.post("/api/auth/register", json=body)
            assert (answer.status_code, answer.json()["is_admin"]) == (201, True)
            again = await client.post("/api/auth/register", json=body | {"email": "b@example.com"})
            assert again.status_code == 403
        process.terminate()
        await process.communicate()
    second = await line.begin("serve", str(APP), "--port", "0")
    async with ending(second):
        await lines_to(second, "data  ")
        second.terminate()
        rest, _ = await second.communicate()
    assert b"rcs_" not in rest


async def test_a_second_server_on_the_same_data_is_refused_with_the_first_ones_id(
    line: CommandLine,
) -> None:
    async with served(line, APP):
        status, printed, refusal = await line.run("serve", str(APP), "--port", "0")
    assert (status, printed) == (1, "")
    assert "is in use by process" in refusal
    assert "Traceback" not in refusal


async def test_a_server_without_a_secret_is_refused(tmp_path: Path) -> None:
    line = CommandLine(tmp_path, RUNCAST_DATABASE_URL="postgresql://127.0.0.1:1/x")
    status, _, refusal = await line.run("serve", str(APP), "--port", "0")
    assert status == 1
    assert refusal.startswith("set RUNCAST_SECRET_KEY")


async def test_a_database_that_is_away_is_told_in_words(tmp_path: Path) -> None:
    line = CommandLine(
        tmp_path, RUNCAST_DATABASE_URL="postgresql://127.0.0.1:1/x", RUNCAST_SECRET_KEY="x" * 40
    )
    status, _, refusal = await line.run("serve", str(APP), "--port", "0")
    assert status == 1
    assert refusal.startswith("the database cannot be reached")


async def test_a_port_that_is_taken_is_refused_in_a_line_with_the_way_out(
    line: CommandLine,
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        status, printed, refusal = await line.run("serve", str(APP), "--port", port)
    assert (status, printed) == (1, "")
    assert refusal == (
        f"cannot listen on 127.0.0.1, port {port}: Address already in use; "
        "give another with --port\n"
    )
