"""What the end of a watch shows; the watch itself is proved on real processes in tests/cli."""

import pytest

from runcast.cli.screen import PlainScreen
from runcast.cli.watching import come_back, show_result
from runcast_client import Client

NOWHERE = "http://127.0.0.1:1"


async def test_a_small_result_needs_no_server(capsys: pytest.CaptureFixture[str]) -> None:
    async with Client(NOWHERE) as client:
        await show_result(client, "the-id", {"rate": 0.03}, PlainScreen())
    assert capsys.readouterr().out == '{\n  "rate": 0.03\n}\n'


async def test_a_large_result_that_cannot_be_fetched_is_no_failure(
    capsys: pytest.CaptureFixture[str],
) -> None:
    async with Client(NOWHERE) as client:
        await show_result(client, "the-id", {"$ref": "result", "size": 40_000}, PlainScreen())
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "cannot be had now" in captured.err
    assert come_back("the-id") in captured.err
