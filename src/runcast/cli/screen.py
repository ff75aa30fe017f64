"""Where a watch is shown: a terminal, with colours and live bars, or plain lines for anything else."""

import asyncio
import os
import sys
from collections.abc import Iterable
from typing import Protocol

from rich.console import Console
from rich.live import Live
from rich.style import Style
from rich.text import Text

from runcast.cli.board import Board
from runcast.cli.event_lines import Line, note
from runcast.cli.terminal_text import coloured, one_line, plain
from runcast.cli.transcript import Transcript
from runcast_client import Frame

REFRESH_SECONDS = 0.1
RESULT_LINES = 40


class Screen(Protocol):
    """Shows frames while it is open, and the result behind them.

    Attributes:
        can_ask: what is typed below it can be told from what it shows.
    """

    can_ask: bool

    async def __aenter__(self) -> "Screen":
        """Open it."""
        ...

    async def __aexit__(self, *_: object) -> None:
        """Leave everything printed, and the terminal as it was."""
        ...

    def show(self, frame: Frame) -> None:
        """Show what a frame tells."""
        ...

    def tell(self, text: str) -> None:
        """Show a line about the watch itself."""
        ...

    def prompt(self, text: str | None) -> None:
        """Ask for a line below all that is shown, or ask no more."""
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
    """Lines without control codes; nothing is asked below them."""

    can_ask = False

    def __init__(self) -> None:
        self._transcript = Transcript(numbers=True)

    async def __aenter__(self) -> "PlainScreen":
        return self

    async def __aexit__(self, *_: object) -> None:
        return

    def show(self, frame: Frame) -> None:
        """Print what a frame tells."""
        self._print(self._transcript.lines(frame))

    def tell(self, text: str) -> None:
        """Print a line about the watch itself."""
        self._print([note(text)])

    def prompt(self, text: str | None) -> None:
        """Ask nothing."""

    def show_result(self, text: str) -> None:
        """Print all of it."""
        sys.stdout.write(plain(text) + "\n")

    def _print(self, lines: Iterable[Line]) -> None:
        for line in lines:
            sys.stdout.write(plain(f"{line.mark}{line.text}") + "\n")
        sys.stdout.flush()


class TerminalScreen:
    """Coloured lines, and below them a board, drawn anew ten times a second, or a prompt."""

    can_ask = True

    def __init__(self, console: Console) -> None:
        self._console = console
        self._transcript = Transcript()
        self._board = Board()
        # Rich would refresh from a thread, while the board changes.
        self._live = Live(self._board, console=console, auto_refresh=False, transient=True)
        self._lines: list[Line] = []
        self._prompt: Text | None = None
        self._refreshing: asyncio.Task[None] | None = None

    async def __aenter__(self) -> "TerminalScreen":
        self._live.start()
        self._refreshing = asyncio.get_running_loop().create_task(self._refresh_forever())
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._refreshing is not None:
            self._refreshing.cancel()
        self._refresh()
        self._live.stop()

    def show(self, frame: Frame) -> None:
        """Keep what a frame tells until the next refresh, so that a flood is drawn no more often."""
        self._board.take(frame)
        self._lines += self._transcript.lines(frame)

    def tell(self, text: str) -> None:
        """Show a line about the watch itself at the next refresh."""
        self._lines.append(note(text))

    def prompt(self, text: str | None) -> None:
        """Put a prompt in the place of the board, which would draw over what is being typed."""
        if text is None:
            self._prompt = None
            self._live.start()
            return
        self._refresh()
        self._live.stop()
        self._prompt = Text(f"{one_line(text)} ", style="bold cyan")
        self._console.print(self._prompt, end="")

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
            self._print(Text("\n").join(map(_text, lines)))
        elif self._prompt is None:
            self._live.refresh()

    def _print(self, text: Text) -> None:
        """Print above the board, which is drawn anew below, or above the prompt."""
        if self._prompt is None:
            self._console.print(text, soft_wrap=True)
        else:
            self._console.print(
                Text.assemble("\n", text, "\n", self._prompt), soft_wrap=True, end=""
            )


def _text(line: Line) -> Text:
    """Return a line as Rich prints it: in its own colours, where it has some."""
    said = Text.from_ansi(coloured(line.text), style=line.style)
    said.spans = [span for span in said.spans if not _conceals(span.style)]
    return Text.assemble((line.mark, "dim"), said)


def _conceals(style: str | Style) -> bool:
    return isinstance(style, Style) and bool(style.conceal)
