"""Asking at a terminal: what was typed goes to the question that was shown, and to no other."""

import asyncio
import os
from collections.abc import AsyncIterator
from typing import Any, cast

import pytest

from runcast.cli.asking import Teller, TerminalAsker, open_asker
from runcast.cli.questions import Question
from runcast.cli.screen import PlainScreen, Screen
from runcast_client import CommandRefused, Watch, WatchClosed

ONE = Question("q1", "Keep?", {"type": "boolean"})
TWO = Question("q2", "Why?", {"type": "string"})


class Shown:
    """A screen that keeps what it was told; `changed` is set by everything."""

    can_ask = True

    def __init__(self) -> None:
        self.prompts: list[str | None] = []
        self.told: list[str] = []
        self.changed = asyncio.Event()

    def prompt(self, text: str | None) -> None:
        """Keep a prompt."""
        self.prompts.append(text)
        self.changed.set()

    def tell(self, text: str) -> None:
        """Keep a line."""
        self.told.append(text)
        self.changed.set()


class Answers:
    """A watch that keeps what is answered, and refuses what it was told to."""

    def __init__(self) -> None:
        self.given: asyncio.Queue[tuple[str, Any]] = asyncio.Queue()
        self.refusals: list[Exception] = []

    async def answer(self, question: str, value: Any) -> int:
        """Take or refuse an answer."""
        self.given.put_nowait((question, value))
        if self.refusals:
            raise self.refusals.pop(0)
        return 1


class Terminal:
    """A person at a terminal: `asker` reads what they type."""

    def __init__(self) -> None:
        self.ours, self.theirs = os.openpty()
        self.screen, self.answers = Shown(), Answers()
        self.asker = TerminalAsker(
            cast("Watch", self.answers), cast("Screen", self.screen), os.ttyname(self.theirs)
        )

    def type(self, text: str) -> None:
        """Type something."""
        os.write(self.ours, text.encode())

    async def answered(self) -> tuple[str, Any]:
        """Return the next answer that is sent."""
        async with asyncio.timeout(10):
            return await self.answers.given.get()

    async def shown(self, prompts: int, told: int) -> None:
        """Return once so much has been shown."""
        async with asyncio.timeout(10):
            while len(self.screen.prompts) < prompts or len(self.screen.told) < told:
                self.screen.changed.clear()
                await self.screen.changed.wait()


@pytest.fixture
async def terminal() -> AsyncIterator[Terminal]:
    """Yield a terminal of the test's own."""
    terminal = Terminal()
    yield terminal
    terminal.asker.stop()
    os.close(terminal.ours)
    os.close(terminal.theirs)


async def test_a_line_answers_the_question_that_is_shown(terminal: Terminal) -> None:
    terminal.asker.ask(ONE)
    terminal.asker.ask(ONE)
    assert terminal.screen.prompts == ["Keep? (question q1: yes or no) "]
    terminal.type("yes\n")
    assert await terminal.answered() == ("q1", True)
    await terminal.shown(prompts=2, told=0)
    assert terminal.screen.prompts[1] is None


async def test_it_is_not_asked_again_before_the_log_tells_of_the_answer(
    terminal: Terminal,
) -> None:
    terminal.asker.ask(ONE)
    terminal.type("no\n")
    await terminal.answered()
    terminal.asker.ask(ONE)
    terminal.asker.ask(TWO)
    await terminal.shown(prompts=3, told=0)
    terminal.type("because\n")
    assert await terminal.answered() == ("q2", "because")
    assert [prompt for prompt in terminal.screen.prompts if prompt and "q1" in prompt] == [
        "Keep? (question q1: yes or no) "
    ]


async def test_what_does_not_fit_is_told_and_asked_again(terminal: Terminal) -> None:
    terminal.answers.refusals = [CommandRefused("invalid_answer", "5 is no boolean")]
    terminal.asker.ask(ONE)
    terminal.type("5\n")
    assert await terminal.answered() == ("q1", 5)
    await terminal.shown(prompts=3, told=1)
    assert "5 is no boolean" in terminal.screen.told[0]
    terminal.type("{broken\n")
    await terminal.shown(prompts=5, told=2)
    terminal.type("y\n")
    assert await terminal.answered() == ("q1", True)


@pytest.mark.parametrize("error", [CommandRefused("conflict", "too late"), WatchClosed("over")])
async def test_what_can_no_longer_be_answered_is_asked_no_more(
    terminal: Terminal, error: Exception
) -> None:
    terminal.answers.refusals = [error]
    terminal.asker.ask(ONE)
    terminal.type("y\n")
    await terminal.shown(prompts=2, told=1)
    terminal.asker.ask(ONE)
    assert len(terminal.screen.prompts) == 2


async def test_what_was_typed_before_the_question_answers_nothing(terminal: Terminal) -> None:
    terminal.type("yes\nye")
    terminal.asker.ask(ONE)
    terminal.type("no\n")
    assert await terminal.answered() == ("q1", False)
    assert terminal.answers.given.empty()


async def test_what_was_typed_for_one_question_does_not_answer_another(
    terminal: Terminal,
) -> None:
    terminal.asker.ask(ONE)
    terminal.type("ye")
    terminal.asker.ask(TWO)
    assert terminal.screen.prompts[1] is None
    terminal.type("so\n")
    assert await terminal.answered() == ("q2", "so")


async def test_one_that_somebody_else_answered_is_asked_no_more(terminal: Terminal) -> None:
    terminal.asker.ask(ONE)
    terminal.asker.ask(None)
    assert terminal.screen.prompts[1:] == [None]


async def test_the_end_of_input_stops_the_asking(terminal: Terminal) -> None:
    terminal.asker.ask(ONE)
    terminal.type("\x04")
    await terminal.shown(prompts=2, told=0)
    terminal.asker.ask(TWO)
    assert terminal.screen.prompts[1:] == [None]


async def test_where_nobody_can_type_the_command_is_told_once(
    capsys: pytest.CaptureFixture[str],
) -> None:
    asker = open_asker(cast("Watch", Answers()), PlainScreen(), "the-id")
    assert isinstance(asker, Teller)
    for question in (None, ONE, ONE, TWO):
        asker.ask(question)
    asker.stop()
    assert capsys.readouterr().out.splitlines() == [
        "-- Answer it with: runcast answer the-id q1 VALUE",
        "-- Answer it with: runcast answer the-id q2 VALUE",
    ]
