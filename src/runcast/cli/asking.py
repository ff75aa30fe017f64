"""Asking the person at the terminal for the answers to open questions, while the watch goes on."""

import asyncio
import os
import sys
import termios
from typing import Protocol

from runcast.cli.questions import Question, typed_answer
from runcast.cli.screen import Screen
from runcast_client import ClientError, CommandRefused, Watch


class Asker(Protocol):
    """Is told after each frame which question is open."""

    def ask(self, question: Question | None) -> None:
        """Ask this one, if it is not being asked, and no other."""
        ...

    def stop(self) -> None:
        """Ask nothing any more. Safe to call twice."""
        ...


def open_asker(watch: Watch, screen: Screen, execution_id: str) -> Asker:
    """Return one that asks, where somebody can see and type; else one that says how to answer."""
    terminal = _terminal() if screen.can_ask else None
    if terminal is None:
        return Teller(screen, execution_id)
    return TerminalAsker(watch, screen, terminal)


def _terminal() -> str | None:
    """Return the path of the terminal at which somebody types; None if this process may not read it."""
    if not sys.stdin.isatty() or _in_background(sys.stdin.fileno()):
        return None
    try:
        return os.ttyname(sys.stdin.fileno())
    except OSError:  # it has no path here, as in some containers
        return None


def _in_background(descriptor: int) -> bool:
    """Return whether the terminal would stop this process for reading from it."""
    try:
        return os.tcgetpgrp(descriptor) != os.getpgrp()
    except OSError:  # it does not control this process
        return False


class Teller:
    """Says once for each open question how it can be answered."""

    def __init__(self, screen: Screen, execution_id: str) -> None:
        self._screen = screen
        self._execution_id = execution_id
        self._told: str | None = None

    def ask(self, question: Question | None) -> None:
        """Say how to answer it."""
        if question is None or question.id == self._told:
            return
        self._told = question.id
        self._screen.tell(
            f"Answer it with: runcast answer {self._execution_id} {question.id} VALUE"
        )

    def stop(self) -> None:
        """Nothing is left to be ended."""


class TerminalAsker:
    """Prompts below the log and sends what is typed; end of input (Ctrl-D) asks no more.

    What was typed before a question was shown is thrown away, so that nothing is answered by accident.
    """

    def __init__(self, watch: Watch, screen: Screen, terminal: str) -> None:
        self._watch = watch
        self._screen = screen
        # Opened anew: not to wait on it would be not to wait on standard output, which shares it.
        self._descriptor = os.open(terminal, os.O_RDONLY | os.O_NOCTTY | os.O_NONBLOCK)
        self._loop = asyncio.get_running_loop()
        self._open: Question | None = None
        self._asked: Question | None = None
        self._settled: set[str] = set()
        self._sending: asyncio.Task[None] | None = None
        self._typed = b""
        self._ended = False

    def ask(self, question: Question | None) -> None:
        """Prompt for it, unless it is being asked, sent, or has been settled."""
        self._open = question
        wanted = None if question is None or question.id in self._settled else question
        if wanted == self._asked or self._sending is not None or self._ended:
            return
        self._leave()
        if wanted is not None:
            self._begin(wanted)

    def stop(self) -> None:
        """Leave the terminal as it was."""
        self._leave()
        if self._sending is not None:
            self._sending.cancel()
        if not self._ended:
            self._ended = True
            os.close(self._descriptor)

    def _begin(self, question: Question) -> None:
        self._asked, self._typed = question, b""
        termios.tcflush(self._descriptor, termios.TCIFLUSH)
        self._loop.add_reader(self._descriptor, self._read)
        self._screen.prompt(f"{question.told} ")

    def _leave(self) -> None:
        if self._asked is not None:
            self._asked = None
            self._loop.remove_reader(self._descriptor)
            self._screen.prompt(None)

    def _read(self) -> None:
        try:
            read = os.read(self._descriptor, 65_536)
        except BlockingIOError:
            return
        except OSError:  # the terminal is gone
            read = b""
        self._typed += read
        question = self._asked
        if not read:
            self.stop()
        elif question is not None and self._typed.endswith(b"\n"):
            text = self._typed.decode(errors="replace").strip()
            self._leave()
            self._answer(question, text)

    def _answer(self, question: Question, text: str) -> None:
        try:
            value = typed_answer(text, question.schema)
        except ValueError as error:
            self._screen.tell(str(error))
            self._begin(question)
            return
        self._sending = self._loop.create_task(self._send(question, value))
        self._sending.add_done_callback(self._sent)

    async def _send(self, question: Question, value: object) -> None:
        try:
            await self._watch.answer(question.id, value)
        except ClientError as error:
            self._screen.tell(f"not taken, {error}")
            if isinstance(error, CommandRefused) and error.code == "invalid_answer":
                return
        self._settled.add(question.id)

    def _sent(self, _task: "asyncio.Task[None]") -> None:
        self._sending = None
        self.ask(self._open)
