"""What went wrong, in a line or two."""

import pytest
import typer

from runcast.cli.connection import NoServer
from runcast.cli.refusals import NO_EXECUTION, REFUSED, asked_as, explain, refusals
from runcast_client import (
    Client,
    NotFound,
    SignedOut,
    StaticToken,
    Unauthenticated,
    Unprocessable,
    Unreachable,
)


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (Unreachable("http://x: refused"), "Is the server running?"),
        (Unauthenticated(401, {"title": "Not signed in"}), "runcast login"),
        (NotFound(404, {"title": "Not found", "detail": "no such execution"}), "no such execution"),
        (SignedOut("the session has ended"), "the session has ended"),
        (OSError(), "OSError"),
    ],
)
def test_an_error_says_what_and_the_way_out(error: Exception, said: str) -> None:
    assert said in explain(error)


async def test_what_was_not_found_says_as_whom_it_was_asked_for() -> None:
    async with Client("http://127.0.0.1:1") as nobody:
        with pytest.raises(NotFound) as missing:
            async with asked_as(nobody):
                raise NotFound(404, {"title": "Not found", "detail": NO_EXECUTION})
    assert explain(missing.value).splitlines() == [
        "404 Not found: no such execution",
        "Asked without signing in, which finds only what is public.",
    ]
    async with Client("http://127.0.0.1:1", StaticToken("t")) as somebody:
        with pytest.raises(NotFound) as missing:
            async with asked_as(somebody):
                raise NotFound(404, {"title": "Not found", "detail": NO_EXECUTION})
    assert "does not say whose it is" in explain(missing.value)


async def test_what_an_execution_has_not_is_not_hidden_from_anybody() -> None:
    async with Client("http://127.0.0.1:1") as nobody:
        with pytest.raises(NotFound) as missing:
            async with asked_as(nobody):
                raise NotFound(404, {"title": "Not found", "detail": "no such question"})
    assert explain(missing.value) == "404 Not found: no such question"


async def test_other_refusals_are_left_as_they_are() -> None:
    async with Client("http://127.0.0.1:1") as nobody:
        with pytest.raises(Unprocessable) as refused:
            async with asked_as(nobody):
                raise Unprocessable(422, {"title": "Invalid input"})
    assert explain(refused.value) == "422 Invalid input"


def test_several_faults_of_an_input_are_all_named() -> None:
    faults = [{"loc": ["body", "a"], "msg": "too long"}, {"msg": "bad"}, "odd"]
    said = explain(Unprocessable(422, {"title": "Invalid input", "errors": faults}))
    assert said.splitlines() == ["422 Invalid input", "  body.a: too long", "  : bad", "  odd"]


def test_a_refusal_ends_the_command_without_a_traceback(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(typer.Exit) as ended, refusals("watch"):
        raise NoServer("none is known")
    assert ended.value.exit_code == REFUSED
    assert capsys.readouterr().err == "runcast watch: none is known\n"


def test_a_reader_that_left_is_for_typer_to_handle() -> None:
    with pytest.raises(BrokenPipeError), refusals("watch"):
        raise BrokenPipeError
