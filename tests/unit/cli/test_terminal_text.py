"""What text from elsewhere may do to a terminal: colour itself, and nothing else."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runcast.cli.terminal_text import coloured, one_line, plain

FRAGMENTS = st.sampled_from(
    [
        "\x1b",
        "[",
        "]",
        "\x9b",
        "\x9d",
        "0;",
        "31",
        "m",
        "H",
        "\x07",
        "\\",
        "P",
        "\r",
        "\n",
        "a",
        "?",
    ]
)


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("\x1b[31mred\x1b[0m", "\x1b[31mred\x1b[0m"),
        ("\x1b[38;2;1;2;3mrgb", "\x1b[38;2;1;2;3mrgb"),
        ("\x1b[2Jcleared", "cleared"),
        ("\x1b[?25lhidden", "hidden"),
        ("\x1b]0;title\x07text", "text"),
        ("\x1b]8;;http://x\x1b\\link\x1b]8;;\x1b\\", "link"),
        ("\x1b]52;c;never ended", ""),
        ("\x1bPdevice\x1b\\text", "text"),
        ("\x9b2Jtext", "text"),
        ("\x1bcreset", "reset"),
        ("over\rwritten\r\nlines\x08\x7f", "over\nwritten\nlines"),
        ("tab\tand \u00fcml\u00e4ut \U0001f600", "tab\tand \u00fcml\u00e4ut \U0001f600"),
        ("\x1b[31", "31"),
        ("\x1b\x1b[2J[2J", "[2J"),
        ("a\u202etxt.exe\u2066\u2028\u200f", "atxt.exe"),
    ],
)
def test_only_colours_are_kept(said: str, shown: str) -> None:
    assert coloured(said) == shown


@given(st.lists(FRAGMENTS, max_size=12).map("".join))
def test_no_pieces_together_make_a_command(said: str) -> None:
    rest = re.sub(r"\x1b\[[0-9;]*m", "", coloured(said))
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]", rest)


@given(st.text())
def test_plain_text_has_no_control_code(said: str) -> None:
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]", plain(said))


def test_a_label_is_one_line() -> None:
    assert one_line("a\n\x1b[31m b\r\tc") == "a b c"
