"""Sending from the command line: under an id of its own, told by its outcome."""

import pytest
import typer

from runcast.cli.sending import send
from runcast_client import Client, Conflict, Execution


@pytest.fixture(autouse=True)
def somewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """Name a server, which these tests never ask."""
    monkeypatch.setenv("RUNCAST_URL", "http://127.0.0.1:1")
    monkeypatch.setenv("RUNCAST_TOKEN", "t")


def test_the_state_after_it_is_printed_and_each_has_an_id_of_its_own(
    capsys: pytest.CaptureFixture[str],
) -> None:
    keys: list[str] = []

    async def act(_client: Client, key: str) -> Execution:
        keys.append(key)
        return Execution("the-id", "waiting")

    send("signal", act)
    send("signal", act)
    assert capsys.readouterr().out == "waiting\nwaiting\n"
    assert keys[0] != keys[1]


def test_a_refusal_is_told_with_a_status_of_its_own(capsys: pytest.CaptureFixture[str]) -> None:
    async def act(_client: Client, _key: str) -> Execution:
        raise Conflict(409, {"title": "Conflict", "detail": "it has been answered"})

    with pytest.raises(typer.Exit) as ended:
        send("answer", act)
    assert ended.value.exit_code == 4
    captured = capsys.readouterr()
    assert (captured.out, captured.err) == (
        "",
        "runcast answer: 409 Conflict: it has been answered\n",
    )
