"""`runcast answer`, `signal` and `cancel` as they are typed; what they send is proved in tests/cli."""

from typing import Any

import pytest
from typer.testing import CliRunner

from runcast.cli import app, sending
from runcast.cli.sending import Send
from runcast_client import Client


class Asked:
    """A client that keeps what is asked of its executions."""

    def __init__(self) -> None:
        self.calls: list[tuple[Any, ...]] = []
        self.executions = self

    async def answer(self, *arguments: Any, idempotency_key: str) -> None:
        """Keep an answer."""
        self.calls.append(("answer", *arguments, idempotency_key))

    async def signal(self, *arguments: Any, idempotency_key: str) -> None:
        """Keep a signal."""
        self.calls.append(("signal", *arguments, idempotency_key))

    async def cancel(self, *arguments: Any, idempotency_key: str) -> None:
        """Keep a cancel."""
        self.calls.append(("cancel", *arguments, idempotency_key))


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Any, ...]]:
    """Return what is asked of the server, by whatever is sent in this test."""
    client: Any = Asked()

    def send(_command: str, act: Send) -> None:
        drive: Any = act(_as_client(client), "k")
        with pytest.raises(StopIteration):
            drive.send(None)

    monkeypatch.setattr(sending, "send", send)
    calls: list[tuple[Any, ...]] = client.calls
    return calls


def _as_client(client: Any) -> Client:
    given: Client = client
    return given


@pytest.mark.parametrize(
    ("typed", "call"),
    [
        (["answer", "e1", "q1", "true"], ("answer", "e1", "q1", True, "k")),
        (["answer", "e1", "q1", "-1"], ("answer", "e1", "q1", -1, "k")),
        (["answer", "e1", "q1", "low"], ("answer", "e1", "q1", "low", "k")),
        (["answer", "e1", "q1", '"5"'], ("answer", "e1", "q1", "5", "k")),
        (["answer", "e1", "q1", ""], ("answer", "e1", "q1", "", "k")),
        (["signal", "e1", "go"], ("signal", "e1", "go", None, "k")),
        (["signal", "e1", "go", "-0.5"], ("signal", "e1", "go", -0.5, "k")),
        (["signal", "e1", "-x", '{"a":1}'], ("signal", "e1", "-x", {"a": 1}, "k")),
        (["cancel", "e1"], ("cancel", "e1", "k")),
    ],
)
def test_what_is_typed_is_what_is_sent(
    asked: list[tuple[Any, ...]], typed: list[str], call: tuple[Any, ...]
) -> None:
    done = CliRunner().invoke(app, typed)
    assert (done.exit_code, asked) == (0, [call]), done.output


@pytest.mark.parametrize(
    "typed", [["answer", "e1", "q1", "{a"], ["signal", "e1", "go", '"x'], ["answer", "e1", "q1"]]
)
def test_what_cannot_be_meant_is_not_sent(asked: list[tuple[Any, ...]], typed: list[str]) -> None:
    done = CliRunner().invoke(app, typed)
    assert (done.exit_code, asked) == (2, [])
