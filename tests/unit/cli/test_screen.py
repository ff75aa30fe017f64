"""Where a watch is shown: a terminal or plain lines."""

import io
import sys

import pytest
from rich.console import Console

from runcast.cli.screen import RESULT_LINES, PlainScreen, TerminalScreen, open_screen
from tests.tools.feed_frames import event, events, hello, log, progress


def terminal() -> tuple[TerminalScreen, io.StringIO]:
    """Return a screen on a terminal that keeps what it is sent."""
    file = io.StringIO()
    return TerminalScreen(Console(file=file, force_terminal=True, width=80, highlight=False)), file


async def test_plain_lines_carry_no_control_code(capsys: pytest.CaptureFixture[str]) -> None:
    async with PlainScreen() as screen:
        screen.show(events(log("\x1b[31mred\x1b[0m"), progress(1, 2)))
        screen.show_result('"\x9b2J"')
    out = capsys.readouterr().out
    assert "red" in out
    assert "progress 1/2" in out
    assert not {"\x1b", "\x9b"} & set(out)


async def test_a_terminal_shows_lines_in_colour_above_the_board() -> None:
    screen, file = terminal()
    async with screen:
        screen.show(hello())
        screen.show(events(log("\x1b[32mgreen\x1b[0m"), log("bad", "error"), progress(1, 2)))
    shown = file.getvalue()
    assert "\x1b[32mgreen" in shown
    assert "\x1b[31mbad" in shown
    assert "50 %" in shown
    assert shown.index("bad") < shown.rindex("50 %")


async def test_what_would_hide_itself_is_shown() -> None:
    screen, file = terminal()
    async with screen:
        screen.show(events(log("\x1b[8mhidden")))
    assert "hidden" in file.getvalue()
    assert "\x1b[8m" not in file.getvalue()


async def test_markup_is_text_like_any_other() -> None:
    screen, file = terminal()
    async with screen:
        screen.show(events(log("[bold]as it is[/bold] :smile:")))
    assert "[bold]as it is[/bold] :smile:" in file.getvalue()


async def test_a_prompt_takes_the_place_of_the_board_until_it_is_answered() -> None:
    screen, file = terminal()
    async with screen:
        screen.show(events(progress(1, 2), log("before")))
        screen.prompt("Keep\x1b[2J it?")
        shown = file.getvalue()
        assert shown.endswith("Keep it? \x1b[0m")
        assert shown.index("before") < shown.index("Keep it?")
        screen.show(events(log("meanwhile")))
        screen.tell("not taken")
        screen._refresh()
        again = file.getvalue().removeprefix(shown)
        assert again.index("meanwhile") < again.index("not taken") < again.index("Keep it?")
        assert "50 %" not in again
        screen.prompt(None)
        screen.show(events(progress(2, 2)))
    assert "100 %" in file.getvalue().rpartition("Keep it?")[2]


async def test_plain_lines_tell_and_do_not_ask(capsys: pytest.CaptureFixture[str]) -> None:
    async with PlainScreen() as screen:
        screen.prompt("Keep it?")
        screen.tell("Answer\x1b[2J it")
    assert (capsys.readouterr().out, screen.can_ask) == ("-- Answer it\n", False)


async def test_the_cursor_comes_back_and_the_board_goes() -> None:
    screen, file = terminal()
    async with screen:
        screen.show(events(event("metric", values={"loss": 1})))
    assert file.getvalue().rindex("\x1b[?25h") > file.getvalue().index("\x1b[?25l")
    assert file.getvalue().endswith("\x1b[2K")


async def test_a_long_result_shows_its_beginning() -> None:
    screen, file = terminal()
    screen.show_result("\n".join(f"line {number}" for number in range(RESULT_LINES + 7)))
    assert "line 39" in file.getvalue()
    assert "line 40" not in file.getvalue()
    assert "7 lines more" in file.getvalue()


@pytest.mark.parametrize(
    ("is_terminal", "term", "kind"),
    [(True, "xterm", TerminalScreen), (True, "dumb", PlainScreen), (False, "xterm", PlainScreen)],
)
def test_standard_output_decides(
    monkeypatch: pytest.MonkeyPatch, is_terminal: bool, term: str, kind: type
) -> None:
    out = io.StringIO()
    monkeypatch.setattr(out, "isatty", lambda: is_terminal)
    monkeypatch.setattr(sys, "stdout", out)
    monkeypatch.setenv("TERM", term)
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert isinstance(open_screen(), kind)
