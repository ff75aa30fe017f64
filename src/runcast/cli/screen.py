"""Where a watch is shown: a terminal, with colours and live bars, or plain lines for anything else."""

import asyncio
import os
import sys
from types import TracebackType
from typing import Protocol

from rich.console import Console
from rich.live import Live
from rich.style import Style
from rich.text import Text

from runcast.cli.board import Board
from runcast.cli.event_lines import Line
from runcast.cli.terminal_text import coloured, plain
from runcast.cli.transcript import Transcript
from runcast_client import Frame

REFRESH_SECONDS = 0.1
RESULT_LINES = 40


class Screen(Protocol):
    """Shows frames while it is open, and the result behind them."""

    async def __aenter__(self) -> "Screen":
        """Open it."""
        ...

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Leave everything printed, and the terminal as it was."""
        ...

    def show(self, frame: Frame) -> None:
        """Show what a frame tells."""
        ...

    def show_result(self, text: str) -> None:
        """Show the result, as JSON."""
        ...


def open_screen() -> Screen:
    """Return the screen that suits standard output."""
    if sys.stdout.isatty() and os.environ.get("TERM") != "dumb":
        return TerminalScreen(Console(highlight=False))
    return PlainScreen()


class PlainScreen:
    """Lines without control codes."""

    def __init__(self) -> None:
        self._transcript = Transcript(numbers=True)

    async def __aenter__(self) -> "PlainScreen":
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        return

    def show(self, frame: Frame) -> None:
        """Print what a frame tells."""
        for line in self._transcript.lines(frame):
            sys.stdout.write(plain(f"{line.mark}{line.text}") + "\n")
        sys.stdout.flush()

    def show_result(self, text: str) -> None:
        """Print all of it."""
        sys.stdout.write(plain(text) + "\n")


class TerminalScreen:
    """Coloured lines, and below them a board, drawn anew ten times a second."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._transcript = Transcript()
        self._board = Board()
        # Rich would refresh from a thread, while the board changes.
        self._live = Live(self._board, console=console, auto_refresh=False, transient=True)
        self._lines: list[Line] = []
        self._refreshing: asyncio.Task[None] | None = None

    async def __aenter__(self) -> "TerminalScreen":
        self._live.start()
        self._refreshing = asyncio.get_running_loop().create_task(self._refresh_forever())
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._refreshing is not None:
            self._refreshing.cancel()
        self._refresh()
        self._live.stop()

    def show(self, frame: Frame) -> None:
        """Keep what a frame tells until the next refresh, so that a flood is drawn no more often."""
        self._board.take(frame)
        self._lines += self._transcript.lines(frame)

    def show_result(self, text: str) -> None:
        """Print its first lines; who wants to read on has it in the execution."""
        lines = plain(text).split("\n")
        self._console.print(Text("\n".join(lines[:RESULT_LINES])), soft_wrap=True)
        if len(lines) > RESULT_LINES:
            hidden = len(lines) - RESULT_LINES
            self._console.print(Text(f"… and {hidden} lines more", style="dim"))

    async def _refresh_forever(self) -> None:
        while True:
            self._refresh()
            await asyncio.sleep(REFRESH_SECONDS)

    def _refresh(self) -> None:
        lines, self._lines = self._lines, []
        if lines:
            # Printing draws the board anew below.
            self._console.print(Text("\n").join(map(_text, lines)), soft_wrap=True)
        else:
            self._live.refresh()


def _text(line: Line) -> Text:
    """Return a line as Rich prints it: in its own colours, where it has some."""
    said = Text.from_ansi(coloured(line.text), style=line.style)
    said.spans = [span for span in said.spans if not _conceals(span.style)]
    return Text.assemble((line.mark, "dim"), said)


def _conceals(style: str | Style) -> bool:
    return isinstance(style, Style) and bool(style.conceal)
